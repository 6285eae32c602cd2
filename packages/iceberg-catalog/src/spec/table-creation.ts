import type { TableMetadata } from "./table-metadata.ts";
import { currentSchema, defaultPartitionSpec } from "./table-metadata-lookups.ts";
import type { TableRequirement } from "./table-requirement.ts";
import { lastAdded, type TableUpdate } from "./table-update.ts";
import { unsorted } from "./unsorted.ts";

/** The commit that creates a staged table, and does with it what the updates say: all of it, or there is no such table. */
export function tableCreation(
  staged: TableMetadata,
  updates: readonly TableUpdate[],
): { readonly requirements: readonly TableRequirement[]; readonly updates: readonly TableUpdate[] } {
  const { tableUuid, formatVersion, location, properties, sortOrders, defaultSortOrderId } = staged;
  const sortOrder = sortOrders.find(({ orderId }) => orderId === defaultSortOrderId) ?? unsorted;
  return {
    requirements: [{ type: "assert-create" }],
    updates: [
      { action: "assign-uuid", uuid: tableUuid },
      { action: "upgrade-format-version", formatVersion },
      { action: "add-schema", schema: currentSchema(staged) },
      { action: "set-current-schema", schemaId: lastAdded },
      { action: "add-spec", spec: defaultPartitionSpec(staged) },
      { action: "set-default-spec", specId: lastAdded },
      { action: "add-sort-order", sortOrder },
      { action: "set-default-sort-order", sortOrderId: lastAdded },
      { action: "set-location", location },
      { action: "set-properties", updates: properties },
      ...updates,
    ],
  };
}
