import type { Predicate } from "../../expr/predicate.ts";
import type { SnapshotId } from "../../spec/ids.ts";
import type { DataFile } from "../../spec/manifest.ts";
import type { Table } from "../../table.ts";
import type { FileLease } from "../file-cache/file-lease.ts";
import { openFiles } from "../read/open-files.ts";
import { type ColumnDefaults, noDefaults, tableColumns } from "../read/table-columns.ts";
import { tableRelation } from "../read/table-relation.ts";
import type { Session } from "../session.ts";

/** The rows of a branch that may match a filter, each with the place where it lies. */
export interface RowScan {
  /** The snapshot that was read; undefined: the table is empty. */
  readonly from: SnapshotId | undefined;
  /** By path on this machine. */
  readonly files: ReadonlyMap<string, DataFile>;
  /** The live rows of these files, or of all, with the table's columns and the place where each lies. */
  relation(paths?: ReadonlySet<string>): string;
}

/** What the scan gives can be read as long as the lease lasts. */
export async function scanRows(
  session: Session,
  lease: FileLease,
  table: Table,
  filter: Predicate,
  branch: string | undefined,
  defaults: ColumnDefaults = noDefaults,
): Promise<RowScan> {
  const { snapshotId: from, tasks } = await table.scan({ branch, filter }).plan();
  const readable = await openFiles(session, table, tasks, lease);
  const columns = tableColumns(table.schema, defaults);
  return {
    from,
    files: new Map(readable.map(({ path }, index) => [path, tasks[index]?.dataFile as DataFile])),
    relation: (paths) => {
      const read = paths === undefined ? readable : readable.filter(({ path }) => paths.has(path));
      return tableRelation(read, columns, { positions: true });
    },
  };
}
