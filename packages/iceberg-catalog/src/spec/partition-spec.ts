import type { FieldId, PartitionFieldId, SpecId } from "./ids.ts";
import type { Transform } from "./transform.ts";

/** How rows are laid out in partitions: one transformed source column per partition field. */
export interface PartitionSpec {
  readonly specId: SpecId;
  readonly fields: readonly PartitionField[];
}

export interface PartitionField {
  readonly sourceId: FieldId;
  readonly fieldId: PartitionFieldId;
  readonly name: string;
  readonly transform: Transform;
}
