import type { ChangelogTask } from "../../scan/changelog-task.ts";
import type { ScanSource } from "../../scan/scan-source.ts";
import { groupBy } from "../../spec/group-by.ts";
import type { Schema } from "../../spec/schema.ts";
import type { FileLease } from "../file-cache/file-lease.ts";
import { quotedIdentifier } from "../quote.ts";
import { filePathColumn, positionColumn } from "../read/file-rows.ts";
import { openFiles } from "../read/open-files.ts";
import { type TableColumn, tableRelation } from "../read/table-relation.ts";
import type { Session } from "../session.ts";

/** The columns that a changelog has beside the table's, named as in the Java reference. */
export const changeTypeColumn = "_change_type";
export const changeOrdinalColumn = "_change_ordinal";
export const commitSnapshotColumn = "_commit_snapshot_id";

/**
 * An SQL relation over the rows that changes brought (`INSERT`) and took away (`DELETE`). Rows that a snapshot only moved
 * to another file are in it twice, as gone and as come; see {@link netChanges}.
 */
export async function changelogRelation(
  session: Session,
  source: ScanSource,
  schema: Schema,
  tasks: readonly ChangelogTask[],
  columns: readonly TableColumn[] = schema.fields.map((field) => ({ field })),
  lease: FileLease = session.files,
): Promise<string> {
  const names = columns.map(({ field }) => quotedIdentifier(field.name)).join(", ");
  const parts = await Promise.all(
    // Tasks of one snapshot and kind are read together.
    [...groupBy(tasks, ({ changeOrdinal, kind }) => `${changeOrdinal} ${kind}`).values()].map(async (group) => {
      const [{ kind, changeOrdinal, snapshotId }] = group;
      const rows = await rowsOf(session, source, kind, group, columns, lease);
      const type = kind === "added-rows" ? "INSERT" : "DELETE";
      return `SELECT ${names}, '${type}' AS ${changeTypeColumn}, ${changeOrdinal} AS ${changeOrdinalColumn}, ${snapshotId}::BIGINT AS ${commitSnapshotColumn} FROM ${rows}`;
    }),
  );
  if (parts.length > 0) return `(${parts.join(" UNION ALL ")})`;
  return `(SELECT *, '' AS ${changeTypeColumn}, 0 AS ${changeOrdinalColumn}, 0::BIGINT AS ${commitSnapshotColumn} FROM ${tableRelation([], columns)})`;
}

async function rowsOf(
  session: Session,
  source: ScanSource,
  kind: ChangelogTask["kind"],
  tasks: readonly ChangelogTask[],
  columns: readonly TableColumn[],
  lease: FileLease,
): Promise<string> {
  switch (kind) {
    case "added-rows":
    case "deleted-data-file":
      return tableRelation(await openFiles(session, source, tasks.map(withDeletesBefore), lease), columns);
    case "deleted-rows": {
      // What was there before, without what is there after.
      const before = await openFiles(session, source, tasks.map(withDeletesBefore), lease);
      const after = await openFiles(session, source, tasks.map(withDeletesAfter), lease);
      return `(SELECT b.* FROM ${tableRelation(before, columns, { positions: true })} b
        ANTI JOIN ${tableRelation(after, [], { positions: true })} a USING (${filePathColumn}, ${positionColumn}))`;
    }
  }
}

const withDeletesBefore = (task: ChangelogTask) => ({
  dataFile: task.dataFile,
  dataSequenceNumber: task.dataSequenceNumber,
  deletes: task.kind === "added-rows" ? task.deletes : task.existingDeletes,
});

const withDeletesAfter = (task: ChangelogTask) => ({
  dataFile: task.dataFile,
  dataSequenceNumber: task.dataSequenceNumber,
  deletes: task.kind === "deleted-rows" ? [...task.existingDeletes, ...task.addedDeletes] : [],
});
