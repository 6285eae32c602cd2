import type { FieldId, SortOrderId } from "./ids.ts";
import type { Transform } from "./transform.ts";

/** The order in which a writer should sort the rows of a data file; order 0 is "unsorted". */
export interface SortOrder {
  readonly orderId: SortOrderId;
  readonly fields: readonly SortField[];
}

export interface SortField {
  readonly sourceId: FieldId;
  readonly transform: Transform;
  readonly direction: "asc" | "desc";
  readonly nullOrder: "nulls-first" | "nulls-last";
}
