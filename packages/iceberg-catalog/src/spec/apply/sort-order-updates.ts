import { type SortOrderId, sortOrderId } from "../ids.ts";
import { type SortOrder, sortFieldsEqual } from "../sort-order.ts";
import { sourceProblem } from "../source-problem.ts";
import { type LastAdded, lastAdded } from "../table-update.ts";
import { unsorted } from "../unsorted.ts";
import { type Draft, draftSchema, edited, refused } from "./draft.ts";

/** An equal order keeps its id; the order without fields is always 0. */
export function addSortOrder(draft: Draft, order: SortOrder): Draft {
  const { sortOrders } = draft.metadata;
  const schema = draftSchema(draft);
  for (const { transform, sourceId } of order.fields) {
    const problem = sourceProblem(transform, sourceId, schema);
    if (problem !== undefined) throw refused(`the table cannot be sorted so: ${problem}`);
  }
  const equal = sortOrders.find((known) => sortFieldsEqual(known.fields, order.fields));
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
