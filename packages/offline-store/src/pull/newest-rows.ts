import type { FeatureView } from "@icecore/feature-registry";
import { quotedIdentifier, type TemporaryTables } from "@icecore/iceberg-catalog/duckdb";

/** What messages of statements here begin with. */
export const newestRowsOf = (view: FeatureView): string => `newest rows of ${view.name}`;

/** The columns of a view's rows, as stores take them: join keys, times, features. */
export function pulledColumns(view: FeatureView): readonly string[] {
  return [...keyColumns(view), ...valueColumns(view)];
}

export function keyColumns({ joinKeys }: FeatureView): readonly string[] {
  return joinKeys.map(({ name }) => name);
}

function valueColumns({ timestampField, createdTimestampColumn, features }: FeatureView): readonly string[] {
  return [timestampField, createdTimestampColumn, ...features.map(({ name }) => name)];
}

/**
 * Computes the newest row of each entity into a temporary table: by event timestamp, then by created timestamp, of which
 * null is the oldest, then by value, so that it is always the same row. Rows without a key or an event timestamp are of no entity.
 */
export async function newestRows(tables: TemporaryTables, view: FeatureView, relation: string): Promise<string> {
  const { newest, tied } = await tiedNewestRows(tables, view, relation);
  return tied ? greatestRows(tables, view, newest) : newest;
}

/**
 * {@link newestRows} by the timestamps alone, and whether entities have several that are equal in both. The relation is read
 * twice: the greatest of a number per entity spills to disk where memory ends, that of whole rows does not, and is several
 * times slower.
 */
export async function tiedNewestRows(
  tables: TemporaryTables,
  view: FeatureView,
  relation: string,
): Promise<{ readonly newest: string; readonly tied: boolean }> {
  const keys = keyColumns(view).map(quotedIdentifier);
  const values = valueColumns(view).map(quotedIdentifier);
  const known = [...keys, quotedIdentifier(view.timestampField)].map((column) => `${column} IS NOT NULL`).join(" AND ");
  const group = keys.length === 0 ? "" : `GROUP BY ${keys.join(", ")}`;
  const ranks = await tables.create(
    "ranks",
    `SELECT * FROM (SELECT ${[...keys, `max(${rankSql(view)}) AS ${rank}`].join(", ")} FROM ${relation} WHERE ${known} ${group}) WHERE ${rank} IS NOT NULL`,
    newestRowsOf(view),
  );
  const same = [...keys.map((key) => `n.${key} = r.${key}`), `n.${rank} = ${rankSql(view, "r.")}`].join(" AND ");
  const selected = [...keys, ...values].map((column) => `r.${column}`).join(", ");
  const newest = await tables.create(
    "newest",
    `SELECT ${selected} FROM ${relation} r JOIN ${ranks} n ON ${same}`,
    newestRowsOf(view),
  );
  return { newest, tied: (await tables.count(newest)) !== (await tables.count(ranks)) };
}

async function greatestRows(tables: TemporaryTables, view: FeatureView, newest: string): Promise<string> {
  const keys = keyColumns(view).map(quotedIdentifier);
  const values = valueColumns(view).map(quotedIdentifier);
  const group = keys.length === 0 ? "" : `GROUP BY ${keys.join(", ")}`;
  const packed = values.map((column, index) => `v${index} := ${column}`).join(", ");
  const unpacked = values.map((column, index) => `greatest.v${index} AS ${column}`);
  return tables.create(
    "greatest",
    `SELECT ${[...keys, ...unpacked].join(", ")} FROM (
      SELECT ${[...keys, `max(struct_pack(${packed})) AS greatest`].join(", ")} FROM ${newest} ${group}
    )`,
    newestRowsOf(view),
  );
}

const rank = quotedIdentifier("rank of a row");

/** Both timestamps in one number that orders as they do. */
function rankSql({ timestampField, createdTimestampColumn }: FeatureView, prefix = ""): string {
  const micros = (name: string) => `epoch_us(${prefix}${quotedIdentifier(name)})`;
  const created = `coalesce(${micros(createdTimestampColumn)}, -9223372036854775807)`;
  return `(${micros(timestampField)}::HUGEINT * 18446744073709551616 + ${created})`;
}
