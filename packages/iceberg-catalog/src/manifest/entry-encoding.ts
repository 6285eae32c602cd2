import {
  type AvroEncoding,
  arrayEncoding,
  bytesEncoding,
  type FieldEncoding,
  intEncoding,
  intMapEncoding,
  longEncoding,
  optionalField,
  recordEncoding,
  requiredField,
  stringEncoding,
} from "../avro/avro-encodings.ts";
import { IcebergError } from "../errors.ts";
import type { SequenceNumber, SnapshotId } from "../spec/ids.ts";
import type { DataFile, EntryStatus, PartitionTuple } from "../spec/manifest.ts";
import type { PartitionField, PartitionSpec } from "../spec/partition-spec.ts";
import { partitionFieldType } from "../spec/partition-type.ts";
import type { Schema } from "../spec/schema.ts";
import { type Transform, transformToString } from "../spec/transform.ts";
import type { PrimitiveType } from "../spec/types.ts";
import { avroName } from "./avro-name.ts";
import { entryStatuses, fileContents } from "./codes.ts";
import { partitionValueEncoding } from "./partition-value.ts";

/** A manifest's row as it is written: sequence numbers that are left out are inherited from the manifest list. */
export interface NewManifestEntry {
  readonly status: EntryStatus;
  readonly snapshotId: SnapshotId;
  readonly dataSequenceNumber?: SequenceNumber;
  readonly fileSequenceNumber?: SequenceNumber;
  readonly dataFile: DataFile;
}

/** The rows of format 2 manifests (spec, "Manifests"), with names and order as other writers have them. */
export function entryEncoding(spec: PartitionSpec, schema: Schema): AvroEncoding<NewManifestEntry> {
  return recordEncoding<NewManifestEntry>("manifest_entry", [
    requiredField(0, "status", intEncoding, (entry) => entryStatuses.indexOf(entry.status)),
    optionalField(1, "snapshot_id", longEncoding, (entry) => entry.snapshotId),
    optionalField(3, "sequence_number", longEncoding, (entry) => entry.dataSequenceNumber),
    optionalField(4, "file_sequence_number", longEncoding, (entry) => entry.fileSequenceNumber),
    requiredField(2, "data_file", dataFileEncoding(spec, schema), (entry) => entry.dataFile),
  ]);
}

function dataFileEncoding(spec: PartitionSpec, schema: Schema): AvroEncoding<DataFile> {
  return recordEncoding<DataFile>("r2", [
    requiredField(134, "content", intEncoding, (file) => fileContents.indexOf(file.content)),
    requiredField(100, "file_path", stringEncoding, (file) => file.filePath),
    requiredField(101, "file_format", stringEncoding, (file) => file.fileFormat.toUpperCase()),
    requiredField(102, "partition", partitionEncoding(spec, schema), (file) => file.partition),
    requiredField(103, "record_count", longEncoding, (file) => file.recordCount),
    requiredField(104, "file_size_in_bytes", longEncoding, (file) => file.fileSizeInBytes),
    optionalField(108, "column_sizes", intMapEncoding(117, 118, longEncoding), (file) => file.columnSizes),
    optionalField(109, "value_counts", intMapEncoding(119, 120, longEncoding), (file) => file.valueCounts),
    optionalField(110, "null_value_counts", intMapEncoding(121, 122, longEncoding), (file) => file.nullValueCounts),
    optionalField(137, "nan_value_counts", intMapEncoding(138, 139, longEncoding), (file) => file.nanValueCounts),
    optionalField(125, "lower_bounds", intMapEncoding(126, 127, bytesEncoding), (file) => file.lowerBounds),
    optionalField(128, "upper_bounds", intMapEncoding(129, 130, bytesEncoding), (file) => file.upperBounds),
    optionalField(132, "split_offsets", arrayEncoding(133, longEncoding), (file) => file.splitOffsets),
    optionalField(135, "equality_ids", arrayEncoding(136, intEncoding), (file) => file.equalityIds),
    optionalField(140, "sort_order_id", intEncoding, (file) => file.sortOrderId),
  ]);
}

function partitionEncoding(spec: PartitionSpec, schema: Schema): AvroEncoding<PartitionTuple> {
  return recordEncoding(
    "r102",
    spec.fields.map((field, i) => partitionFieldEncoding(field, i, schema)),
  );
}

function partitionFieldEncoding(
  field: PartitionField,
  position: number,
  schema: Schema,
): FieldEncoding<PartitionTuple> {
  const type = partitionFieldType(field, schema) ?? typeWithoutSource(field.transform, field.name);
  const name = avroName(field.name);
  const encoding = optionalField(
    field.fieldId,
    name,
    partitionValueEncoding(type),
    (partition: PartitionTuple) => partition[position],
  );
  return name === field.name
    ? encoding
    : { ...encoding, schema: { ...encoding.schema, "iceberg-field-name": field.name } };
}

/** A `void` field outlives its column and holds nothing but nulls; any other field needs the column. */
function typeWithoutSource(transform: Transform, name: string): PrimitiveType {
  if (transform.kind === "void") return { kind: "int" };
  throw new IcebergError(
    "UNSUPPORTED",
    `cannot write partition field "${name}" (${transformToString(transform)}): its transform is unknown or its column gone`,
  );
}
