import { IcebergError } from "../errors.ts";
import { bindPartitionSpec } from "../spec/bind-partition-spec.ts";
import { findColumn } from "../spec/evolve/columns.ts";
import { supportedFormatVersion } from "../spec/format-version.ts";
import { PartitionSpecUpdate } from "../spec/partition-spec-evolution.ts";
import type { Schema } from "../spec/schema.ts";
import type { SortField } from "../spec/sort-order.ts";
import { sortFieldsEqual } from "../spec/sort-order.ts";
import { idForSortOrder } from "../spec/sort-order-id.ts";
import { currentSchema } from "../spec/table-metadata-lookups.ts";
import { lastAdded } from "../spec/table-update.ts";
import type { Transform } from "../spec/transform.ts";
import type { TransactionAction } from "./action.ts";

/** One column of a sort order; left out: ascending, by the value itself; nulls come first up and last down. */
export interface SortBy {
  /** Dotted path. */
  readonly column: string;
  readonly transform?: Transform;
  readonly direction?: SortField["direction"];
  readonly nullOrder?: SortField["nullOrder"];
}

/** Changes how new files are partitioned. A change that comes to nothing leaves the table alone. */
export function updateSpec(change: (update: PartitionSpecUpdate) => void): TransactionAction {
  return {
    apply: async (base) => {
      const update = new PartitionSpecUpdate(base);
      change(update);
      const spec = update.build();
      const { specId } = bindPartitionSpec(spec, currentSchema(base), base);
      if (specId === base.defaultSpecId) return [];
      return [
        { action: "add-spec", spec: { ...spec, specId } },
        { action: "set-default-spec", specId: lastAdded },
      ];
    },
  };
}

/** Sets how the rows of new files should be sorted; no columns: not at all. */
export function replaceSortOrder(columns: readonly SortBy[]): TransactionAction {
  return {
    apply: async (base) => {
      const fields = columns.map((column) => sortFieldOf(column, currentSchema(base)));
      const current = base.sortOrders.find(({ orderId }) => orderId === base.defaultSortOrderId);
      if (current !== undefined && sortFieldsEqual(current.fields, fields)) return [];
      const orderId = idForSortOrder(base.sortOrders, fields);
      return [
        { action: "add-sort-order", sortOrder: { orderId, fields } },
        { action: "set-default-sort-order", sortOrderId: lastAdded },
      ];
    },
  };
}

/** Sets where new files go; files that are there stay. */
export function updateLocation(location: string): TransactionAction {
  return {
    apply: async (base) => {
      if (location === "") throw new IcebergError("INVALID_ARGUMENT", "a table's location cannot be empty");
      return location === base.location ? [] : [{ action: "set-location", location }];
    },
  };
}

/** Upgrades the table's format version; there is no way back. */
export function upgradeFormatVersion(version: number): TransactionAction {
  return {
    apply: async (base) => {
      const formatVersion = supportedFormatVersion(version);
      return formatVersion === base.formatVersion ? [] : [{ action: "upgrade-format-version", formatVersion }];
    },
  };
}

function sortFieldOf({ column, transform, direction = "asc", nullOrder }: SortBy, { fields }: Schema): SortField {
  const source = findColumn(fields, column);
  if (source === undefined) throw new IcebergError("INVALID_ARGUMENT", `cannot sort by "${column}": no such column`);
  return {
    sourceId: source.field.id,
    transform: transform ?? { kind: "identity" },
    direction,
    nullOrder: nullOrder ?? (direction === "asc" ? "nulls-first" : "nulls-last"),
  };
}
