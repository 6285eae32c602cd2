import { type Draft, newDraft, refused } from "./apply/draft.ts";
import { finishHistory } from "./apply/history.ts";
import { addPartitionSpec, removePartitionSpecs, setDefaultSpec } from "./apply/partition-spec-updates.ts";
import { removeSnapshotRef, setSnapshotRef } from "./apply/ref-updates.ts";
import { addSchema, removeSchemas, setCurrentSchema } from "./apply/schema-updates.ts";
import { addSnapshot, removeSnapshots } from "./apply/snapshot-updates.ts";
import { addSortOrder, setDefaultSortOrder } from "./apply/sort-order-updates.ts";
import {
  removePartitionStatistics,
  removeStatistics,
  setPartitionStatistics,
  setStatistics,
} from "./apply/statistics-updates.ts";
import {
  assignUuid,
  removeProperties,
  setLocation,
  setProperties,
  upgradeFormatVersion,
} from "./apply/table-wide-updates.ts";
import type { TimestampMs } from "./ids.ts";
import { findFieldById } from "./schema.ts";
import type { TableMetadata } from "./table-metadata.ts";
import { currentSchema, defaultPartitionSpec } from "./table-metadata-lookups.ts";
import { tableMetadataProblem } from "./table-metadata-problem.ts";
import type { TableUpdate } from "./table-update.ts";

export interface CommitContext {
  readonly now: TimestampMs;
  /** The metadata file that this commit replaces; it enters the metadata log. */
  readonly previousMetadataLocation?: string;
}

/**
 * The metadata after all updates, in their order.
 *
 * @throws IcebergError `INVALID_ARGUMENT` for an update that does not fit the table, `UNSUPPORTED` for a format version
 */
export function applyUpdates(
  base: TableMetadata,
  updates: readonly TableUpdate[],
  context: CommitContext,
): TableMetadata {
  const draft = updates.reduce(applyUpdate, newDraft(base, context.now));
  const metadata = finishHistory(draft, base, context.previousMetadataLocation);
  const problem = incompleteness(metadata) ?? tableMetadataProblem(metadata) ?? lostSource(metadata);
  if (problem !== undefined) throw refused(problem);
  return metadata;
}

function applyUpdate(draft: Draft, update: TableUpdate): Draft {
  switch (update.action) {
    case "assign-uuid":
      return assignUuid(draft, update.uuid);
    case "upgrade-format-version":
      return upgradeFormatVersion(draft, update.formatVersion);
    case "add-schema":
      return addSchema(draft, update.schema);
    case "set-current-schema":
      return setCurrentSchema(draft, update.schemaId);
    case "add-spec":
      return addPartitionSpec(draft, update.spec);
    case "set-default-spec":
      return setDefaultSpec(draft, update.specId);
    case "add-sort-order":
      return addSortOrder(draft, update.sortOrder);
    case "set-default-sort-order":
      return setDefaultSortOrder(draft, update.sortOrderId);
    case "add-snapshot":
      return addSnapshot(draft, update.snapshot);
    case "set-snapshot-ref":
      return setSnapshotRef(draft, update.refName, update.ref);
    case "remove-snapshots":
      return removeSnapshots(draft, update.snapshotIds);
    case "remove-snapshot-ref":
      return removeSnapshotRef(draft, update.refName);
    case "set-location":
      return setLocation(draft, update.location);
    case "set-properties":
      return setProperties(draft, update.updates);
    case "remove-properties":
      return removeProperties(draft, update.removals);
    case "set-statistics":
      return setStatistics(draft, update.statistics);
    case "remove-statistics":
      return removeStatistics(draft, update.snapshotId);
    case "set-partition-statistics":
      return setPartitionStatistics(draft, update.partitionStatistics);
    case "remove-partition-statistics":
      return removePartitionStatistics(draft, update.snapshotId);
    case "remove-partition-specs":
      return removePartitionSpecs(draft, update.specIds);
    case "remove-schemas":
      return removeSchemas(draft, update.schemaIds);
  }
}

function incompleteness(metadata: TableMetadata): string | undefined {
  if (metadata.tableUuid === "") return "the table has no uuid";
  if (metadata.location === "") return "the table has no location";
  return undefined;
}

/** New files are partitioned by the default spec: its columns cannot be dropped. */
function lostSource(metadata: TableMetadata): string | undefined {
  const schema = currentSchema(metadata);
  const lost = defaultPartitionSpec(metadata).fields.find(
    (field) => field.transform.kind !== "void" && findFieldById(schema, field.sourceId) === undefined,
  );
  return lost && `the column of partition field "${lost.name}" is not in the current schema`;
}
