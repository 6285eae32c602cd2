import { transformResultType } from "./apply-transform.ts";
import type { PartitionField, PartitionSpec } from "./partition-spec.ts";
import { findFieldById, type Schema } from "./schema.ts";
import { isPrimitive, type PrimitiveType } from "./types.ts";

/** The type of a partition field's values; undefined when the transform is unknown or its column is gone. */
export function partitionFieldType(field: PartitionField, schema: Schema): PrimitiveType | undefined {
  const source = findFieldById(schema, field.sourceId)?.type;
  return source !== undefined && isPrimitive(source) ? transformResultType(field.transform, source) : undefined;
}

/** The types of a spec's partition fields, in the order of its fields. */
export function partitionTypes(spec: PartitionSpec, schema: Schema): readonly (PrimitiveType | undefined)[] {
  return spec.fields.map((field) => partitionFieldType(field, schema));
}

/** Whether the spec puts all rows in one partition: no fields, or only `void` ones that a format 1 table keeps. */
export function isUnpartitioned(spec: PartitionSpec): boolean {
  return spec.fields.every((field) => field.transform.kind === "void");
}
