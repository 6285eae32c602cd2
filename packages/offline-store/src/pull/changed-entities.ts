import type { SnapshotId } from "@icecore/iceberg-catalog";
import { changelogRelation, netChanges, quotedIdentifier } from "@icecore/iceberg-catalog/duckdb";
import { keyColumns, newestRowsOf } from "./newest-rows.ts";
import type { Detour } from "./plan-pull.ts";
import type { PullSource } from "./pull-source.ts";

/** What came and went between two states of a table, in temporary tables. */
export interface ChangedEntities {
  /** Entities that lost rows: their join keys, each once. */
  readonly lessened: string;
  /** A relation of the rows that other entities gained. */
  readonly gained: string;
  /** When the last of the rows that went had been created, in microseconds; undefined where none went, or none says. */
  readonly lastCreated: bigint | undefined;
}

export interface ChangeRange {
  readonly from: SnapshotId;
  readonly to: SnapshotId;
  /** Ways that were taken and left again: what came and went there is taken back. */
  readonly undone: readonly Detour[];
}

/**
 * Computes what each snapshot did, without rows that it only carried into another file. Rows that came and went again are
 * told as well: a run that was interrupted may have written them.
 */
export async function changedEntities(source: PullSource, { from, to, undone }: ChangeRange): Promise<ChangedEntities> {
  const { session, tables, view, columns } = source;
  const doing = newestRowsOf(view);
  const changelogs = [await changelogOf(source, from, to)];
  for (const detour of undone) changelogs.push(takenBack(await changelogOf(source, detour.from, detour.to)));
  const read = { fields: columns.map(({ field }) => field) };
  const net = changelogs.map((changelog) => `FROM ${netChanges(changelog, read, "snapshot")}`).join(" UNION ALL ");
  const changes = await tables.create("changes", net, doing);
  const keys = keyColumns(view).map(quotedIdentifier);
  const known = keys.map((key) => `AND ${key} IS NOT NULL`).join(" ");
  const went = `FROM ${changes} WHERE _change_type = 'DELETE' ${known}`;
  const lessened = await tables.create(
    "lessened",
    `SELECT DISTINCT ${[...keys, "true AS lost"].join(", ")} ${went}`,
    doing,
  );
  const { last } = await session.row(
    `SELECT max(epoch_us(${quotedIdentifier(view.createdTimestampColumn)})) AS last ${went}`,
    doing,
  );
  return {
    lessened,
    gained: `(SELECT * FROM ${changes} c WHERE _change_type = 'INSERT' AND NOT EXISTS (FROM ${lessened} l ${sameKeys(keys)}))`,
    lastCreated: typeof last === "bigint" ? last : undefined,
  };
}

const sameKeys = (keys: readonly string[]): string =>
  keys.length === 0 ? "" : `WHERE ${keys.map((key) => `l.${key} = c.${key}`).join(" AND ")}`;

async function changelogOf({ session, table, columns }: PullSource, from: SnapshotId, to: SnapshotId): Promise<string> {
  const { schema, tasks } = await table.changelogScan({ from, to });
  return changelogRelation(session, table, schema, tasks, columns);
}

/** What was done, undone: what came goes, and what went comes back. */
function takenBack(changelog: string): string {
  return `(SELECT * REPLACE (CASE _change_type WHEN 'INSERT' THEN 'DELETE' ELSE 'INSERT' END AS _change_type) FROM ${changelog})`;
}
