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
import { type IntMapFinder, intMapFinder } from "../avro/int-map-finder.ts";
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
  const at = <T>(id: number, reader: Reader<T>): EntryField<T> => fieldOf(layout, id, optionalReader(reader));
  const often = <T>(id: number, reader: Reader<T>): EntryField<T> => unlessRepeated(layout, id, at(id, reader));
  const find = <V>(id: number, reader: Reader<V>): StatisticField<V> => statisticOf(layout, id, intMapFinder(reader));
  const { statsOf } = options;
  const stats = <V>(id: number, value: Reader<V>): EntryField<ReadonlyMap<FieldId, V>> =>
    statsOf?.size === 0 ? () => undefined : at(id, intMapReader(value, statsOf));
  return {
    status: at(0, intReader),
    snapshotId: often(1, longReader),
    dataSequenceNumber: often(3, longReader),
    fileSequenceNumber: often(4, longReader),
    content: at(134, intReader),
    filePath: at(100, stringReader),
    fileFormat: often(101, formatReader),
    partition: often(102, partitionReader(options)),
    recordCount: at(103, longReader),
    fileSizeInBytes: at(104, longReader),
    columnSizes: stats(108, longReader),
    valueCounts: stats(109, longReader),
    nullValueCounts: stats(110, longReader),
    nanValueCounts: stats(137, longReader),
    lowerBounds: stats(125, bytesReader),
    upperBounds: stats(128, bytesReader),
    splitOffsets: at(132, arrayReader(longReader)),
    equalityIds: at(135, arrayReader(intReader)),
    sortOrderId: at(140, intReader),
    valueCountOf: find(109, longReader),
    nullValueCountOf: find(110, longReader),
    nanValueCountOf: find(137, longReader),
    lowerBoundOf: find(125, boundReader),
    upperBoundOf: find(128, boundReader),
  };
}

const formatReader: Reader<ReturnType<typeof fileFormatOf>> = (written) => {
  const decode = stringReader(written);
  return (cursor) => fileFormatOf(decode(cursor));
};

/** A bound that is only compared with: it is not taken out of its block. */
const boundReader: Reader<Uint8Array> = (written) =>
  written.kind === "bytes" ? (cursor) => cursor.viewFixed(cursor.readSize()) : bytesReader(written);

function fieldOf<T>({ columns }: EntryLayout, id: number, reader: Reader<T | undefined>): EntryField<T> {
  const column = columns.findIndex(({ fieldId }) => fieldId === id);
  const found = columns[column];
  if (found === undefined) return () => undefined;
  const decode = reader(found.type);
  return ({ cursor, positions }, row) => decode(cursor.moveTo(positions[row * columns.length + column] ?? 0));
}

function statisticOf<V>(
  { columns }: EntryLayout,
  id: number,
  compile: (written: AvroType) => IntMapFinder<V>,
): StatisticField<V> {
  const column = columns.findIndex(({ fieldId }) => fieldId === id);
  const found = columns[column];
  if (found === undefined) return () => undefined;
  const find = compile(found.type);
  return ({ cursor, positions }, row, wanted) => find(cursor, positions[row * columns.length + column] ?? 0, wanted);
}

/** Files of a manifest mostly share a few values: what is written like the row before is not decoded, nor kept, twice. */
function unlessRepeated<T>({ columns }: EntryLayout, id: number, read: EntryField<T>): EntryField<T> {
  const column = columns.findIndex(({ fieldId }) => fieldId === id);
  if (column === -1) return read;
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
