import { type SortOrderId, sortOrderId } from "./ids.ts";
import { type SortField, type SortOrder, sortFieldsEqual } from "./sort-order.ts";
import { unsorted } from "./unsorted.ts";

/** The id of an order that is added to others: that of an equal one, or the next; the order without fields is always 0. */
export function idForSortOrder(orders: readonly SortOrder[], fields: readonly SortField[]): SortOrderId {
  const equal = orders.find((known) => sortFieldsEqual(known.fields, fields));
  if (equal !== undefined) return equal.orderId;
  if (fields.length === 0) return unsorted.orderId;
  return sortOrderId(Math.max(unsorted.orderId, ...orders.map((known) => known.orderId)) + 1);
}
