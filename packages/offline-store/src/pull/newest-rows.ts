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
 * null is the oldest, then by value, so that it is always the same row. Rows without a key, or with an event timestamp that is null or infinite, are of no entity.
 */
export async function newestRows(tables: TemporaryTables, view: FeatureView, relation: string): Promise<string> {
  const { newest, tied } = await tiedNewestRows(tables, view, relation);
  return tied ? greatestRows(tables, view, newest) : newest;
}

/** {@link newestRows} by the timestamps alone, and whether entities have several that are equal in both. */
export async function tiedNewestRows(
  tables: TemporaryTables,
  view: FeatureView,
  relation: string,
): Promise<RankedRows> {
  const latest = await highestRanked(
    tables,
    view,
    relation,
    (row) => `${row}.${quotedIdentifier(view.timestampField)}`,
  );
  if (!latest.tied) return latest;
  return highestRanked(tables, view, latest.newest, (row) => createdRank(view, row));
}

interface RankedRows {
  readonly newest: string;
  /** Whether an entity has several of them. */
  readonly tied: boolean;
}

/**
 * Of each entity, the rows whose rank is the highest. The relation is read twice: the greatest of a number per entity spills
 * to disk where memory ends, that of whole rows does not, and is several times slower. Where the rank is a column, the second
 * time passes over what files say is too low for all entities.
 */
async function highestRanked(
  tables: TemporaryTables,
  view: FeatureView,
  relation: string,
  rankOf: (row: string) => string,
): Promise<RankedRows> {
  const keys = keyColumns(view).map(quotedIdentifier);
  const known = [...keys.map((key) => `${key} IS NOT NULL`), `isfinite(${quotedIdentifier(view.timestampField)})`].join(
    " AND ",
  );
  const group = keys.length === 0 ? "" : `GROUP BY ${keys.join(", ")}`;
  const ranks = await tables.create(
    "ranks",
    `SELECT * FROM (SELECT ${[...keys, `max(${rankOf("r")}) AS ${rank}`].join(", ")} FROM ${relation} r WHERE ${known} ${group}) WHERE ${rank} IS NOT NULL`,
    newestRowsOf(view),
  );
  const same = [...keys.map((key) => `n.${key} = r.${key}`), `n.${rank} = ${rankOf("r")}`].join(" AND ");
  const selected = pulledColumns(view).map((column) => `r.${quotedIdentifier(column)}`);
  const newest = await tables.create(
    "newest",
    `SELECT ${selected.join(", ")} FROM ${relation} r SEMI JOIN ${ranks} n ON ${same}`,
    newestRowsOf(view),
  );
  return { newest, tied: tables.count(newest) !== tables.count(ranks) };
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

/** When a row was created, in a number that is lowest where nobody knows. */
function createdRank({ createdTimestampColumn }: FeatureView, row: string): string {
  return `coalesce(epoch_us(${row}.${quotedIdentifier(createdTimestampColumn)}), -9223372036854775807)`;
}
