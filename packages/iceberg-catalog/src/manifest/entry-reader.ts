import {
  arrayReader,
  bytesReader,
  type Decoder,
  intMapReader,
  intReader,
  longReader,
  type Reader,
  stringReader,
} from "../avro/avro-readers.ts";
import { field, type ReadRecord, recordReader } from "../avro/record-reader.ts";
import { type FieldId, fieldId, type SpecId, sortOrderId } from "../spec/ids.ts";
import type { DataFile, Datum, PartitionTuple } from "../spec/manifest.ts";
import { partitionTypes } from "../spec/partition-type.ts";
import { fileContents, fileFormatOf, present, wordOf } from "./codes.ts";
import { partitionValueReader, promotePartitionValue } from "./partition-value.ts";
import type { ReadManifestOptions } from "./read-manifest.ts";

/** Reads a manifest's rows as they are written, before inheritance. */
export const entryReader = (specId: SpecId, options: ReadManifestOptions) =>
  recordReader({
    status: field(0, intReader),
    snapshotId: field(1, longReader),
    dataSequenceNumber: field(3, longReader),
    fileSequenceNumber: field(4, longReader),
    dataFile: field(2, dataFileReader(specId, options)),
  });

const dataFileReader =
  (specId: SpecId, options: ReadManifestOptions): Reader<DataFile> =>
  (written) => {
    const decode = recordReader(dataFileShape(options))(written);
    return (cursor) => toDataFile(decode(cursor), specId);
  };

function dataFileShape(options: ReadManifestOptions) {
  const counts: Reader<ReadonlyMap<FieldId, bigint>> = intMapReader(longReader, options.statsOf);
  const bounds: Reader<ReadonlyMap<FieldId, Uint8Array>> = intMapReader(bytesReader, options.statsOf);
  return {
    content: field(134, intReader),
    filePath: field(100, stringReader),
    fileFormat: field(101, stringReader),
    partition: field(102, partitionReader(options)),
    recordCount: field(103, longReader),
    fileSizeInBytes: field(104, longReader),
    columnSizes: field(108, counts),
    valueCounts: field(109, counts),
    nullValueCounts: field(110, counts),
    nanValueCounts: field(137, counts),
    lowerBounds: field(125, bounds),
    upperBounds: field(128, bounds),
    splitOffsets: field(132, arrayReader(longReader)),
    equalityIds: field(135, arrayReader(intReader)),
    sortOrderId: field(140, intReader),
  };
}

function toDataFile(record: ReadRecord<ReturnType<typeof dataFileShape>>, specId: SpecId): DataFile {
  const { columnSizes, valueCounts, nullValueCounts, nanValueCounts, lowerBounds, upperBounds } = record;
  return {
    content: wordOf(fileContents, record.content ?? 0, "file content"),
    filePath: present(record.filePath, "file_path"),
    fileFormat: fileFormatOf(present(record.fileFormat, "file_format")),
    specId,
    partition: present(record.partition, "partition"),
    recordCount: present(record.recordCount, "record_count"),
    fileSizeInBytes: present(record.fileSizeInBytes, "file_size_in_bytes"),
    ...(columnSizes && { columnSizes }),
    ...(valueCounts && { valueCounts }),
    ...(nullValueCounts && { nullValueCounts }),
    ...(nanValueCounts && { nanValueCounts }),
    ...(lowerBounds && { lowerBounds }),
    ...(upperBounds && { upperBounds }),
    ...(record.splitOffsets && { splitOffsets: record.splitOffsets }),
    ...(record.equalityIds && { equalityIds: record.equalityIds.map(fieldId) }),
    ...(record.sortOrderId !== undefined && { sortOrderId: sortOrderId(record.sortOrderId) }),
  };
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
