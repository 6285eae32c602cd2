import {
  arrayReader,
  bytesReader,
  type Decoder,
  intMapReader,
  intReader,
  longReader,
  optionalReader,
  type Reader,
  stringReader,
} from "../avro/avro-readers.ts";
import type { AvroType } from "../avro/avro-type.ts";
import { intMapFinder } from "../avro/int-map-finder.ts";
import { field, recordReader } from "../avro/record-reader.ts";
import type { FieldId } from "../spec/ids.ts";
import type { Datum, PartitionTuple } from "../spec/manifest.ts";
import { partitionTypes } from "../spec/partition-type.ts";
import { fileFormatOf } from "./codes.ts";
import type { EntryLayout } from "./entry-layout.ts";
import type { EntryBlock } from "./open-manifest.ts";
import { partitionValueReader, promotePartitionValue } from "./partition-value.ts";
import type { ReadManifestOptions } from "./read-manifest.ts";

/** Reads one field of one row; undefined where it is null, or where the writer did not know the field. */
export type EntryField<T> = (block: EntryBlock, row: number) => T | undefined;

/** Looks one column of the table up in a row's statistics. */
export type StatisticField<V> = (block: EntryBlock, row: number, column: FieldId) => V | undefined;

export type EntryFields = ReturnType<typeof entryFields>;

/** Compiles access to the fields of manifests that have the same layout. */
export function entryFields(layout: EntryLayout, options: ReadManifestOptions) {
  const counts: Reader<ReadonlyMap<FieldId, bigint>> = intMapReader(longReader, options.statsOf);
  const bounds: Reader<ReadonlyMap<FieldId, Uint8Array>> = intMapReader(bytesReader, options.statsOf);
  const at = <T>(id: number, reader: Reader<T>): EntryField<T> =>
    atColumn(
      layout,
      id,
      optionalReader(reader),
      (decode) => (block, position) => decode(block.cursor.moveTo(position)),
    );
  const find = <V>(id: number, reader: Reader<V>): StatisticField<V> =>
    atColumn(
      layout,
      id,
      intMapFinder(reader),
      (search) => (block, position, column) => search(block.cursor.moveTo(position), column),
    );
  return {
    status: at(0, intReader),
    snapshotId: at(1, longReader),
    dataSequenceNumber: at(3, longReader),
    fileSequenceNumber: at(4, longReader),
    content: at(134, intReader),
    filePath: at(100, stringReader),
    fileFormat: unlessRepeated(layout, 101, at(101, formatReader)),
    partition: unlessRepeated(layout, 102, at(102, partitionReader(options))),
    recordCount: at(103, longReader),
    fileSizeInBytes: at(104, longReader),
    columnSizes: at(108, counts),
    valueCounts: at(109, counts),
    nullValueCounts: at(110, counts),
    nanValueCounts: at(137, counts),
    lowerBounds: at(125, bounds),
    upperBounds: at(128, bounds),
    splitOffsets: at(132, arrayReader(longReader)),
    equalityIds: at(135, arrayReader(intReader)),
    sortOrderId: at(140, intReader),
    valueCountOf: find(109, longReader),
    nullValueCountOf: find(110, longReader),
    nanValueCountOf: find(137, longReader),
    lowerBoundOf: find(125, bytesReader),
    upperBoundOf: find(128, bytesReader),
  };
}

const formatReader: Reader<ReturnType<typeof fileFormatOf>> = (written) => {
  const decode = stringReader(written);
  return (cursor) => fileFormatOf(decode(cursor));
};

function atColumn<C, A extends readonly unknown[], T>(
  { columns }: EntryLayout,
  id: number,
  compile: (written: AvroType) => C,
  access: (compiled: C) => (block: EntryBlock, position: number, ...rest: A) => T | undefined,
): (block: EntryBlock, row: number, ...rest: A) => T | undefined {
  const column = columns.findIndex(({ fieldId }) => fieldId === id);
  const found = columns[column];
  if (found === undefined) return () => undefined;
  const read = access(compile(found.type));
  return (block, row, ...rest) => read(block, block.positions[row * columns.length + column] ?? 0, ...rest);
}

/** Files of a manifest mostly share a few values: what is written like the row before is not decoded, nor kept, twice. */
function unlessRepeated<T>({ columns }: EntryLayout, id: number, read: EntryField<T>): EntryField<T> {
  const column = columns.findIndex(({ fieldId }) => fieldId === id);
  let last: { readonly written: Uint8Array; readonly value: T | undefined } | undefined;
  return (block, row) => {
    const at = row * columns.length + column;
    const [start, end] = [block.positions[at] ?? 0, block.positions[at + 1] ?? 0];
    const { bytes } = block.cursor;
    if (last === undefined || !isSame(last.written, bytes, start, end)) {
      last = { written: bytes.slice(start, end), value: read(block, row) };
    }
    return last.value;
  };
}

function isSame(expected: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (expected.length !== end - start) return false;
  for (let i = 0; i < expected.length; i++) if (expected[i] !== bytes[start + i]) return false;
  return true;
}

function partitionReader({ spec, schema }: ReadManifestOptions): Reader<PartitionTuple> {
  const types = partitionTypes(spec, schema);
  const shape = Object.fromEntries(spec.fields.map(({ fieldId: id }) => [`${id}`, field(id, partitionValueReader)]));
  return (written): Decoder<PartitionTuple> => {
    const decode: Decoder<Readonly<Record<string, Datum | undefined>>> = recordReader(shape)(written);
    return (cursor) => {
      const values = decode(cursor);
      return spec.fields.map(({ fieldId: id }, i) => {
        const value = values[id];
        return value === undefined ? null : promotePartitionValue(types[i], value);
      });
    };
  };
}
