import { findFieldById, type Schema } from "../../spec/schema.ts";
import type { SortOrder } from "../../spec/sort-order.ts";
import { columnPath } from "../column-path.ts";

/** The terms of an ORDER BY. Transforms are monotonic or hashes: rows sorted by the column itself serve the first kind. */
export function sortTerms(sortOrder: SortOrder, schema: Schema): readonly string[] {
  return sortOrder.fields.flatMap((field) => {
    const source = findFieldById(schema, field.sourceId);
    if (source === undefined || field.transform.kind === "void" || field.transform.kind === "bucket") return [];
    const nulls = field.nullOrder === "nulls-first" ? "NULLS FIRST" : "NULLS LAST";
    return [`${columnPath(schema, source.id)} ${field.direction === "asc" ? "ASC" : "DESC"} ${nulls}`];
  });
}

/** Whether rows in the order of {@link sortTerms} are in the sort order, so that files may say they are. */
export function isSortable(sortOrder: SortOrder, schema: Schema): boolean {
  return (
    sortOrder.fields.length > 0 &&
    sortOrder.fields.every(
      ({ sourceId, transform }) => findFieldById(schema, sourceId) !== undefined && transform.kind === "identity",
    )
  );
}
