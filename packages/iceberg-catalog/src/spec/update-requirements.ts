import type { SnapshotRef } from "./snapshot.ts";
import { mainBranch } from "./snapshot.ts";
import type { TableMetadata } from "./table-metadata.ts";
import type { TableRequirement } from "./table-requirement.ts";
import type { TableUpdate } from "./table-update.ts";

/**
 * What must still hold of the base for the updates to mean what their writer meant: the table is the same one, and
 * whatever an update replaces or counts on is as it was. Each requirement appears once, with the base's value.
 */
export function requirementsFor(base: TableMetadata, updates: readonly TableUpdate[]): readonly TableRequirement[] {
  const required = new Map<string, TableRequirement>();
  const all: TableRequirement[] = [
    { type: "assert-table-uuid", uuid: base.tableUuid },
    ...updates.flatMap((update) => requirementsOf(base, update)),
  ];
  for (const requirement of all) {
    const ref = requirement.type === "assert-ref-snapshot-id" ? requirement.ref : "";
    required.set(`${requirement.type} ${ref}`, requirement);
  }
  return [...required.values()];
}

function requirementsOf(base: TableMetadata, update: TableUpdate): readonly TableRequirement[] {
  switch (update.action) {
    case "add-schema":
      return [{ type: "assert-last-assigned-field-id", lastAssignedFieldId: base.lastColumnId }];
    case "set-current-schema":
      return [{ type: "assert-current-schema-id", currentSchemaId: base.currentSchemaId }];
    case "add-spec":
      return [{ type: "assert-last-assigned-partition-id", lastAssignedPartitionId: base.lastPartitionId }];
    case "set-default-spec":
      return [{ type: "assert-default-spec-id", defaultSpecId: base.defaultSpecId }];
    case "set-default-sort-order":
      return [{ type: "assert-default-sort-order-id", defaultSortOrderId: base.defaultSortOrderId }];
    case "set-snapshot-ref":
    case "remove-snapshot-ref":
      return [refUnchanged(update.refName, base.refs[update.refName])];
    // What is kept was decided by where the branches were.
    case "remove-snapshots":
      return [refUnchanged(mainBranch, base.refs[mainBranch]), ...branchesUnchanged(base)];
    case "remove-schemas":
      return [{ type: "assert-current-schema-id", currentSchemaId: base.currentSchemaId }, ...branchesUnchanged(base)];
    case "remove-partition-specs":
      return [{ type: "assert-default-spec-id", defaultSpecId: base.defaultSpecId }, ...branchesUnchanged(base)];
    case "assign-uuid":
    case "upgrade-format-version":
    case "add-sort-order":
    case "add-snapshot":
    case "set-location":
    case "set-properties":
    case "remove-properties":
    case "set-statistics":
    case "remove-statistics":
    case "set-partition-statistics":
    case "remove-partition-statistics":
      return [];
  }
}

const refUnchanged = (ref: string, base: SnapshotRef | undefined): TableRequirement => ({
  type: "assert-ref-snapshot-id",
  ref,
  snapshotId: base?.snapshotId ?? null,
});

/** A schema or spec that is removed must not come into use on a branch meanwhile. */
function branchesUnchanged(base: TableMetadata): readonly TableRequirement[] {
  return Object.entries(base.refs)
    .filter(([name, ref]) => ref.type === "branch" && name !== mainBranch)
    .map(([name, ref]) => refUnchanged(name, ref));
}
