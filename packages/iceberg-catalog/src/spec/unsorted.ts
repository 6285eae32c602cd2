import { sortOrderId } from "./ids.ts";
import type { SortOrder } from "./sort-order.ts";

/** Order 0, which every table has. */
export const unsorted: SortOrder = { orderId: sortOrderId(0), fields: [] };
