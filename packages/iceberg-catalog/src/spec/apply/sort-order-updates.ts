import type { SortOrderId } from "../ids.ts";
import type { SortOrder } from "../sort-order.ts";
import { idForSortOrder } from "../sort-order-id.ts";
import { sourceProblem } from "../source-problem.ts";
import { type LastAdded, lastAdded } from "../table-update.ts";
import { type Draft, draftSchema, edited, refused } from "./draft.ts";

export function addSortOrder(draft: Draft, order: SortOrder): Draft {
  const { sortOrders } = draft.metadata;
  const schema = draftSchema(draft);
  for (const { transform, sourceId } of order.fields) {
    const problem = sourceProblem(transform, sourceId, schema);
    if (problem !== undefined) throw refused(`the table cannot be sorted so: ${problem}`);
  }
  const orderId = idForSortOrder(sortOrders, order.fields);
  if (sortOrders.some((known) => known.orderId === orderId)) return edited(draft, {}, { sortOrderId: orderId });
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
