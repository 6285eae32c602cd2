import type { FieldId, SortOrderId } from "./ids.ts";
import { type Transform, transformToString } from "./transform.ts";

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

/** The same columns in the same order, whatever the order's own id. */
export function sortFieldsEqual(a: readonly SortField[], b: readonly SortField[]): boolean {
  return a.length === b.length && a.every((field, i) => sortFieldEqual(field, b[i]));
}

function sortFieldEqual(a: SortField, b: SortField | undefined): boolean {
  return (
    b !== undefined &&
    a.sourceId === b.sourceId &&
    a.direction === b.direction &&
    a.nullOrder === b.nullOrder &&
    transformToString(a.transform) === transformToString(b.transform)
  );
}
