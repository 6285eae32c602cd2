import { type SortOrderId, sortOrderId } from "../ids.ts";
import { findFieldById } from "../schema.ts";
import type { SortField, SortOrder } from "../sort-order.ts";
import { type LastAdded, lastAdded } from "../table-update.ts";
import { transformToString } from "../transform.ts";
import { unsorted } from "../unsorted.ts";
import { type Draft, draftSchema, edited, refused } from "./draft.ts";

/** An equal order keeps its id; the order without fields is always 0. */
export function addSortOrder(draft: Draft, order: SortOrder): Draft {
  const { sortOrders } = draft.metadata;
  const schema = draftSchema(draft);
  const unknown = order.fields.find((field) => findFieldById(schema, field.sourceId) === undefined);
  if (unknown !== undefined) throw refused(`the sort order names column ${unknown.sourceId}, which is not there`);
  const equal = sortOrders.find((known) => sameOrder(known, order));
  if (equal !== undefined) return edited(draft, {}, { sortOrderId: equal.orderId });
  const highest = Math.max(unsorted.orderId, ...sortOrders.map((known) => known.orderId));
  const orderId = order.fields.length === 0 ? unsorted.orderId : sortOrderId(highest + 1);
  return edited(draft, { sortOrders: [...sortOrders, { ...order, orderId }] }, { sortOrderId: orderId });
}

export function setDefaultSortOrder(draft: Draft, id: SortOrderId | LastAdded): Draft {
  const defaultSortOrderId = id === lastAdded ? draft.lastAdded.sortOrderId : id;
  if (defaultSortOrderId === undefined) {
    throw refused("set-default-sort-order names the last added sort order, but none was added");
  }
  if (!draft.metadata.sortOrders.some((order) => order.orderId === defaultSortOrderId)) {
    throw refused(`there is no sort order ${defaultSortOrderId}`);
  }
  return edited(draft, { defaultSortOrderId });
}

function sameOrder(a: SortOrder, b: SortOrder): boolean {
  return a.fields.length === b.fields.length && a.fields.every((field, i) => sameField(field, b.fields[i]));
}

function sameField(a: SortField, b: SortField | undefined): boolean {
  return (
    b !== undefined &&
    a.sourceId === b.sourceId &&
    a.direction === b.direction &&
    a.nullOrder === b.nullOrder &&
    transformToString(a.transform) === transformToString(b.transform)
  );
}
