import type { FeatureView } from "@icecore/feature-registry";
import type { SnapshotId, Table } from "@icecore/iceberg-catalog";
import { openFiles, quotedIdentifier, type Session, tableRelation, withTables } from "@icecore/iceberg-catalog/duckdb";
import type { RecordBatch } from "apache-arrow";
import { changedEntities } from "./changed-entities.ts";
import { keyColumns, newestRows, newestRowsOf, pulledColumns } from "./newest-rows.ts";
import { type PullPlan, planPull } from "./plan-pull.ts";
import { type PullSource, pullSource, rowsAt } from "./pull-source.ts";
import { noRows, type PulledRows, pulledRows } from "./pulled-rows.ts";
import { withoutRow } from "./without-row.ts";

/**
 * The newest row of each entity, of all or of those that changed, up to a snapshot. Rows have the columns join keys, event
 * timestamp, created timestamp, features. They lie in temporary tables of the session until the pull is disposed of.
 */
export type Pull = PullOfEverything | PullOfChanges;

export interface PullOfEverything {
  readonly mode: "full";
  /** Undefined while the table is empty. */
  readonly snapshotId: SnapshotId | undefined;
  /** Why everything is read although a snapshot to start from was given. */
  readonly reason?: string;
  /** When the snapshot was committed, in microseconds since 1970-01-01T00:00:00Z. */
  readonly committedAt: bigint;
  readonly rows: PulledRows;
  /** Of entities, given as batches of their join keys, those that have no row: with null in all other columns. */
  readonly withoutRow: (entities: AsyncIterable<RecordBatch>) => AsyncIterable<RecordBatch>;
}

export interface PullOfChanges {
  readonly mode: "incremental";
  readonly snapshotId: SnapshotId | undefined;
  /** The newest row that came, of each entity that lost none. */
  readonly rows: PulledRows;
  /**
   * Of each entity that lost rows, the newest that it has now; its event timestamp is null where it has none. They replace
   * what had been created up to `createdUpTo`, in microseconds: the rows that went are among that.
   */
  readonly corrections?: PulledRows & { readonly createdUpTo: bigint };
}

/** Pulls what came after snapshot `since`; without it, everything. `begun`: of which else rows may be known. See {@link planPull}. */
export async function pullRows(
  session: Session,
  view: FeatureView,
  loaded: Table,
  since?: SnapshotId,
  begun: readonly SnapshotId[] = [],
): Promise<Pull & AsyncDisposable> {
  const table = await loaded.withAllSnapshots();
  const plan = planPull(table.metadata, since, begun);
  return withTables<Pull>(session, (tables) => carryOut(plan, pullSource(session, tables, view, table)));
}

function carryOut(plan: PullPlan, source: PullSource): Promise<Pull> {
  switch (plan.kind) {
    case "nothing":
      return pullNothing(source);
    case "appends":
      return pullAppended(source, plan.from);
    case "changes":
      return pullChanged(source, plan);
    case "everything":
      return pullEverything(source, plan.reason);
  }
}

async function pullEverything(source: PullSource, reason: string | undefined): Promise<PullOfEverything> {
  const { session, tables, view, table } = source;
  const current = table.currentSnapshot();
  const newest = await newestRows(tables, view, await rowsAt(source, current?.snapshotId));
  return {
    mode: "full",
    snapshotId: current?.snapshotId,
    ...(reason === undefined ? {} : { reason }),
    committedAt: micros(current?.timestampMs ?? table.metadata.lastUpdatedMs),
    rows: pulledRows(source, newest),
    withoutRow: (entities) => withoutRow(session, view, newest, entities),
  };
}

async function pullNothing({ table }: PullSource): Promise<PullOfChanges> {
  return { mode: "incremental", snapshotId: table.currentSnapshot()?.snapshotId, rows: noRows() };
}

async function pullAppended(source: PullSource, from: SnapshotId): Promise<PullOfChanges> {
  const { session, tables, view, table, columns } = source;
  const { tasks } = await table.incrementalAppendScan({ from });
  const appended = tableRelation(await openFiles(session, table, tasks), columns);
  return {
    mode: "incremental",
    snapshotId: table.currentSnapshot()?.snapshotId,
    rows: pulledRows(source, await newestRows(tables, view, appended)),
  };
}

async function pullChanged(
  source: PullSource,
  { from, undone }: Extract<PullPlan, { readonly kind: "changes" }>,
): Promise<PullOfChanges> {
  const { tables, view, table } = source;
  const to = table.currentSnapshot();
  if (to === undefined) throw new Error("a table whose rows changed has a snapshot");
  const { lessened, gained, lastCreated } = await changedEntities(source, { from, to: to.snapshotId, undone });
  const keys = keyColumns(view).map(quotedIdentifier);
  const same = keys.length === 0 ? "ON true" : `USING (${keys.join(", ")})`;
  const theirRows = `(FROM ${await rowsAt(source, to.snapshotId)} SEMI JOIN ${lessened} ${same})`;
  const newest = await newestRows(tables, view, theirRows);
  const selected = pulledColumns(view).map(quotedIdentifier).join(", ");
  const corrected = await tables.create(
    "corrected",
    `SELECT ${selected} FROM ${lessened} LEFT JOIN ${newest} ${same}`,
    newestRowsOf(view),
  );
  const committedAt = micros(to.timestampMs);
  return {
    mode: "incremental",
    snapshotId: to.snapshotId,
    rows: pulledRows(source, await newestRows(tables, view, gained)),
    corrections: {
      ...pulledRows(source, corrected),
      createdUpTo: lastCreated !== undefined && lastCreated > committedAt ? lastCreated : committedAt,
    },
  };
}

const micros = (milliseconds: number): bigint => BigInt(milliseconds) * 1000n;
