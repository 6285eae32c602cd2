import { IcebergError } from "../errors.ts";
import type { SnapshotId } from "./ids.ts";
import type { PartitionSpec } from "./partition-spec.ts";
import type { Schema } from "./schema.ts";
import type { Snapshot } from "./snapshot.ts";
import type { TableMetadata } from "./table-metadata.ts";

/** The schema that new data is written with. */
export function currentSchema(metadata: TableMetadata): Schema {
  return found(
    metadata.schemas.find((schema) => schema.schemaId === metadata.currentSchemaId),
    `current schema ${metadata.currentSchemaId}`,
  );
}

/** The partition spec that new data is written with. */
export function defaultPartitionSpec(metadata: TableMetadata): PartitionSpec {
  return found(
    metadata.partitionSpecs.find((spec) => spec.specId === metadata.defaultSpecId),
    `default partition spec ${metadata.defaultSpecId}`,
  );
}

/** The snapshot with this id, if the table still has it. */
export function findSnapshot(metadata: TableMetadata, id: SnapshotId | undefined): Snapshot | undefined {
  return metadata.snapshots.find((snapshot) => snapshot.snapshotId === id);
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new IcebergError("METADATA_INVALID", `the table has no ${what}`);
  return value;
}
