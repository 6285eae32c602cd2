import type { SortOrderId } from "../../spec/ids.ts";
import { findFieldById, type Schema } from "../../spec/schema.ts";
import { type SortOrder, sortFieldsEqual } from "../../spec/sort-order.ts";
import { columnPath } from "../column-path.ts";
import type { WriteTarget } from "./write-target.ts";

/** The terms of an ORDER BY. Transforms are monotonic or hashes: rows sorted by the column itself serve the first kind. */
export function sortTerms(sortOrder: SortOrder, schema: Schema): readonly string[] {
  return sortOrder.fields.flatMap((field) => {
    const source = findFieldById(schema, field.sourceId);
    if (source === undefined || field.transform.kind === "void" || field.transform.kind === "bucket") return [];
    const nulls = field.nullOrder === "nulls-first" ? "NULLS FIRST" : "NULLS LAST";
    return [`${columnPath(schema, source.id)} ${field.direction === "asc" ? "ASC" : "DESC"} ${nulls}`];
  });
}

/** The id that files with rows in the order of {@link sortTerms} may say: of an order that the table has, and that these are. */
export function sortOrderIdOf({ sortOrder, schema, metadata }: WriteTarget): SortOrderId | undefined {
  const isPlain = sortOrder.fields.every(
    ({ sourceId, transform }) => findFieldById(schema, sourceId) !== undefined && transform.kind === "identity",
  );
  if (sortOrder.fields.length === 0 || !isPlain) return undefined;
  return metadata.sortOrders.find(({ fields }) => sortFieldsEqual(fields, sortOrder.fields))?.orderId;
}
