import type { FeatureView } from "@icecore/feature-registry";
import { and, greaterThanOrEqual, lessThanOrEqual, type Table } from "@icecore/iceberg-catalog";
import { type Session, withTables } from "@icecore/iceberg-catalog/duckdb";
import { newestRows } from "./newest-rows.ts";
import { pullSource, rowsAt } from "./pull-source.ts";
import { type PulledRows, pulledRows } from "./pulled-rows.ts";

/** Event timestamps in microseconds since 1970-01-01T00:00:00Z, both inclusive; undefined: without end. */
export interface EventWindow {
  readonly fromMicros: bigint | undefined;
  readonly toMicros: bigint | undefined;
}

/** The newest row of each entity in a stretch of event time, as the table is now. */
export function pullWindow(
  session: Session,
  view: FeatureView,
  table: Table,
  { fromMicros, toMicros }: EventWindow,
): Promise<PulledRows & AsyncDisposable> {
  const filter = and(
    ...(fromMicros === undefined ? [] : [greaterThanOrEqual(view.timestampField, fromMicros)]),
    ...(toMicros === undefined ? [] : [lessThanOrEqual(view.timestampField, toMicros)]),
  );
  return withTables(session, async (tables) => {
    const source = pullSource(session, tables, view, table);
    const rows = await rowsAt(source, table.currentSnapshot()?.snapshotId, filter);
    return pulledRows(source, await newestRows(tables, view, rows));
  });
}
