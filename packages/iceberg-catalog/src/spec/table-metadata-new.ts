import { IcebergError } from "../errors.ts";
import { applyUpdates } from "./apply-update.ts";
import { assignFreshIds } from "./assign-fresh-ids.ts";
import { firstPartitionFieldId, unpartitioned } from "./bind-partition-spec.ts";
import { supportedFormatVersion } from "./format-version.ts";
import { type FieldId, schemaId, sequenceNumber, type TimestampMs, timestampMs } from "./ids.ts";
import type { Schema } from "./schema.ts";
import { schemaProblem } from "./schema-problem.ts";
import type { SortOrder } from "./sort-order.ts";
import type { TableMetadata } from "./table-metadata.ts";
import { lastAdded, type TableUpdate, type UnboundPartitionSpec } from "./table-update.ts";
import { unsorted } from "./unsorted.ts";

/** A table as a client asks for it. */
export interface NewTable {
  readonly schema: Schema;
  readonly location: string;
  readonly partitionSpec?: UnboundPartitionSpec;
  readonly sortOrder?: SortOrder;
  readonly properties?: Readonly<Record<string, string>>;
}

/** Sets the format version of a new table; it is not stored as a property. */
const formatVersionProperty = "format-version";
const defaultFormatVersion = 2;

/**
 * The first metadata of a table, with fresh ids in place of those of the request.
 *
 * @throws IcebergError `INVALID_ARGUMENT`, `UNSUPPORTED`
 */
export function newTableMetadata(table: NewTable, uuid: string, now: TimestampMs): TableMetadata {
  const problem = schemaProblem(table.schema);
  if (problem !== undefined) throw new IcebergError("INVALID_ARGUMENT", `the schema is not sound: ${problem}`);
  const { schema, newId } = assignFreshIds(table.schema);
  const { [formatVersionProperty]: version = String(defaultFormatVersion), ...properties } = table.properties ?? {};
  const freshSource = <Field extends { readonly sourceId: FieldId }>(field: Field): Field => {
    const sourceId = newId(field.sourceId);
    if (sourceId === undefined) throw new IcebergError("INVALID_ARGUMENT", `no column has the id ${field.sourceId}`);
    return { ...field, sourceId };
  };
  const partitionFields = (table.partitionSpec ?? unpartitioned).fields.map(({ fieldId: _, ...field }) => field);
  const updates: readonly TableUpdate[] = [
    { action: "assign-uuid", uuid },
    { action: "set-location", location: table.location },
    { action: "set-properties", updates: properties },
    { action: "add-schema", schema },
    { action: "set-current-schema", schemaId: lastAdded },
    { action: "add-spec", spec: { fields: partitionFields.map(freshSource) } },
    { action: "set-default-spec", specId: lastAdded },
    {
      action: "add-sort-order",
      sortOrder: { ...unsorted, fields: (table.sortOrder ?? unsorted).fields.map(freshSource) },
    },
    { action: "set-default-sort-order", sortOrderId: lastAdded },
  ];
  return applyUpdates(emptyTableMetadata(Number(version)), updates, { now });
}

/** The metadata of a table that a transaction creates out of its updates alone. */
export function tableMetadataFromUpdates(updates: readonly TableUpdate[], now: TimestampMs): TableMetadata {
  const upgrade = updates.find((update) => update.action === "upgrade-format-version");
  const empty = emptyTableMetadata(upgrade?.formatVersion ?? defaultFormatVersion);
  return applyUpdates(empty, withDefaultLayout(updates), { now });
}

/** Writers may leave out what every table has: the spec and the order without fields. */
function withDefaultLayout(updates: readonly TableUpdate[]): readonly TableUpdate[] {
  const names = (action: TableUpdate["action"]): boolean => updates.some((update) => update.action === action);
  return [
    ...updates,
    ...(names("add-spec") ? [] : [{ action: "add-spec", spec: unpartitioned } as const]),
    ...(names("add-sort-order") ? [] : [{ action: "add-sort-order", sortOrder: unsorted } as const]),
  ];
}

/** What there is before the first update: nothing but the ids that everything counts from. */
function emptyTableMetadata(formatVersion: number): TableMetadata {
  return {
    formatVersion: supportedFormatVersion(formatVersion),
    tableUuid: "",
    location: "",
    lastSequenceNumber: sequenceNumber(0n),
    lastUpdatedMs: timestampMs(0),
    lastColumnId: 0,
    currentSchemaId: schemaId(-1),
    schemas: [],
    defaultSpecId: unpartitioned.specId,
    partitionSpecs: [],
    lastPartitionId: firstPartitionFieldId - 1,
    defaultSortOrderId: unsorted.orderId,
    sortOrders: [],
    properties: {},
    snapshots: [],
    snapshotLog: [],
    metadataLog: [],
    refs: {},
    statistics: [],
    partitionStatistics: [],
  };
}
