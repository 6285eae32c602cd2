import { IcebergError } from "../errors.ts";
import type { SchemaId, SnapshotId, SpecId } from "./ids.ts";
import type { PartitionSpec } from "./partition-spec.ts";
import type { Schema } from "./schema.ts";
import type { Snapshot } from "./snapshot.ts";
import type { TableMetadata } from "./table-metadata.ts";
import { currentSchema, findSnapshot } from "./table-metadata-lookups.ts";

/** @throws IcebergError `SNAPSHOT_NOT_FOUND` */
export function requireSnapshot(metadata: TableMetadata, id: SnapshotId): Snapshot {
  const snapshot = findSnapshot(metadata, id);
  if (snapshot !== undefined) return snapshot;
  const why = metadata.hasSnapshotsOfRefsOnly
    ? "it was loaded with the snapshots of its refs only: load it withAllSnapshots()"
    : "it may have expired";
  throw new IcebergError("SNAPSHOT_NOT_FOUND", `the table has no snapshot ${id}; ${why}`, {
    context: { snapshotId: id },
  });
}

/** @throws IcebergError `METADATA_INVALID` */
export function requirePartitionSpec(metadata: TableMetadata, id: SpecId): PartitionSpec {
  const spec = metadata.partitionSpecs.find((known) => known.specId === id);
  if (spec !== undefined) return spec;
  throw new IcebergError("METADATA_INVALID", `the table has no partition spec ${id}`, { context: { specId: id } });
}

/** @throws IcebergError `METADATA_INVALID` */
function requireSchema(metadata: TableMetadata, id: SchemaId): Schema {
  const schema = metadata.schemas.find((known) => known.schemaId === id);
  if (schema !== undefined) return schema;
  throw new IcebergError("METADATA_INVALID", `the table has no schema ${id}`, { context: { schemaId: id } });
}

/** The schema a snapshot was written with; the current one for snapshots older than schema ids. */
export function schemaOfSnapshot(metadata: TableMetadata, snapshot: Snapshot): Schema {
  return snapshot.schemaId === undefined ? currentSchema(metadata) : requireSchema(metadata, snapshot.schemaId);
}
