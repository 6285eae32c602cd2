import type { ChangelogScanOptions } from "../../scan/changelog-scan.ts";
import type { SnapshotId } from "../../spec/ids.ts";
import type { Table } from "../../table.ts";
import { type StoredResult, storeResult } from "../arrow-projection.ts";
import { predicateSql } from "../predicate-sql.ts";
import type { Session } from "../session.ts";
import { changelogRelation, changeOrdinalColumn, changeTypeColumn } from "./changelog-relation.ts";
import { netChanges } from "./net-changes.ts";

export interface ReadChangesOptions extends Pick<ChangelogScanOptions, "from" | "to" | "filter"> {
  /** `snapshot` (default): what each snapshot did. `range`: only what is different in the end. */
  readonly net?: "snapshot" | "range" | undefined;
}

export interface Changes extends StoredResult {
  /** The watermark for the next time; absent while the table is empty. */
  readonly toSnapshotId?: SnapshotId;
}

/**
 * The rows that came and went between two snapshots, in the order in which they can be applied: snapshot by snapshot, and
 * of each first what it took away. The columns are the table's with
 * `_change_type` (`INSERT` or `DELETE`), `_change_ordinal` and `_commit_snapshot_id`. Files that were only rewritten, and
 * rows that were only carried over, are no changes.
 *
 * @throws IcebergError `SNAPSHOT_NOT_FOUND` when `from` is no ancestor of `to` any more: read the table in full
 */
export async function readChanges(
  session: Session,
  table: Table,
  { net = "snapshot", ...range }: ReadChangesOptions = {},
): Promise<Changes> {
  const { tasks, schema, toSnapshotId } = await table.changelogScan(range);
  await using lease = session.leaseFiles();
  const changelog = await changelogRelation(session, table, schema, tasks, undefined, lease);
  const condition = range.filter === undefined ? "true" : predicateSql(range.filter, schema);
  const changes = netChanges(changelog, schema, net);
  const result = await storeResult(
    session,
    `SELECT * FROM ${changes} WHERE ${condition} ORDER BY ${changeOrdinalColumn}, ${changeTypeColumn}`,
  );
  return { ...result, ...(toSnapshotId !== undefined && { toSnapshotId }) };
}
