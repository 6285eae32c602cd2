import type { ArrowInput } from "../arrow-rows.ts";
import { quotedIdentifier } from "../quote.ts";
import { openRowSource, type RowInput, type RowSource } from "../row-source.ts";
import type { Session } from "../session.ts";

/**
 * Opens rows that are to be written. What a query has a bare NULL for has no type, and fits any column: DESCRIBE calls it an
 * INTEGER, which does not.
 * @throws IcebergError as {@link openRowSource}
 */
export async function openRows(session: Session, input: RowInput | ArrowInput): Promise<RowSource> {
  const source = await openRowSource(session, input, new Set());
  if (!("sql" in input)) return source;
  const types = source.columns.map(({ name }, index) => `typeof(q.${quotedIdentifier(name)}) AS type_${index}`);
  // No row is computed to be asked for its types.
  const none = `(SELECT * FROM ${source.relation} LIMIT 0) q`;
  const [row] = await session.rows(
    `SELECT ${types.join(", ")} FROM (SELECT 1) LEFT JOIN ${none} ON true`,
    source.label,
  );
  const columns = source.columns.map((column, index) => ({ ...column, type: String(row?.[`type_${index}`]) }));
  return { ...source, columns };
}
