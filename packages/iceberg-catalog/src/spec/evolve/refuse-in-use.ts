import { IcebergError } from "../../errors.ts";
import type { FieldId } from "../ids.ts";
import type { TableMetadata } from "../table-metadata.ts";
import { defaultPartitionSpec } from "../table-metadata-lookups.ts";
import { type Column, idsWithin } from "./columns.ts";

/**
 * New files need the columns that the table is partitioned and sorted by, and those that identify rows. What only older
 * specs and orders name can go: files keep the partition values that they have.
 * @throws IcebergError `INVALID_ARGUMENT`
 */
export function refuseInUse(base: TableMetadata, identifiers: readonly FieldId[], { path, field }: Column): void {
  const { sortOrders, defaultSortOrderId } = base;
  const order = sortOrders.find(({ orderId }) => orderId === defaultSortOrderId);
  const doomed = idsWithin(field);
  if (identifiers.some((id) => doomed.has(id))) {
    throw invalid(`column "${path}" identifies rows; take it from the identifier fields before dropping it`);
  }
  const { fields } = defaultPartitionSpec(base);
  if (fields.some(({ sourceId, transform }) => transform.kind !== "void" && doomed.has(sourceId))) {
    throw invalid(`the table is partitioned by column "${path}"; set another partition spec before dropping it`);
  }
  if (order?.fields.some(({ sourceId }) => doomed.has(sourceId))) {
    throw invalid(`the table is sorted by column "${path}"; set another sort order before dropping it`);
  }
}

/** A column may be called as a partition field only where that is the column's identity. */
export function refusePartitionName(base: TableMetadata, name: string, id: FieldId | undefined): void {
  const { fields } = defaultPartitionSpec(base);
  const field = fields.find((known) => known.name === name && known.transform.kind !== "void");
  if (field === undefined || (field.transform.kind === "identity" && field.sourceId === id)) return;
  throw invalid(`a partition field is called "${name}"; choose another name, or rename the partition field first`);
}

const invalid = (message: string): IcebergError => new IcebergError("INVALID_ARGUMENT", message);
