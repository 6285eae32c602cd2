import type { FeatureView } from "@icecore/feature-registry";
import { type Predicate, requireField, type SnapshotId, type Table } from "@icecore/iceberg-catalog";
import {
  openFiles,
  predicateSql,
  type Session,
  scanTable,
  type TableColumn,
  type TemporaryTables,
  tableRelation,
} from "@icecore/iceberg-catalog/duckdb";
import { featureDefaults } from "../source/feature-defaults.ts";
import { pulledColumns } from "./newest-rows.ts";

/** Where rows of a view are pulled from, and where they lie meanwhile. */
export interface PullSource {
  readonly session: Session;
  readonly tables: TemporaryTables;
  readonly view: FeatureView;
  readonly table: Table;
  /** What is read of the table. */
  readonly columns: readonly TableColumn[];
}

export function pullSource(session: Session, tables: TemporaryTables, view: FeatureView, table: Table): PullSource {
  const defaults = featureDefaults(view);
  const columns = pulledColumns(view).map((name) => ({
    field: requireField(table.schema, name),
    default: defaults.get(name),
  }));
  return { session, tables, view, table, columns };
}

/** A relation of the rows that the table has at a snapshot, and that match; no snapshot: none. */
export async function rowsAt(
  { session, table, columns }: PullSource,
  snapshotId: SnapshotId | undefined,
  filter?: Predicate,
): Promise<string> {
  const { tasks } = await scanTable(table, snapshotId, filter);
  const relation = tableRelation(await openFiles(session, table, tasks), columns);
  return filter === undefined ? relation : `(FROM ${relation} WHERE ${predicateSql(filter, table.schema)})`;
}
