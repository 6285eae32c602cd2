import { IcebergError } from "../../errors.ts";
import { alwaysTrue, type Predicate } from "../../expr/predicate.ts";
import type { DataFile } from "../../spec/manifest.ts";
import type { SortOrder } from "../../spec/sort-order.ts";
import { tableProperties } from "../../spec/table-properties.ts";
import type { Table } from "../../table.ts";
import { oneOf, wholeNumber } from "../argument.ts";
import { orDiscard } from "../operations/or-discard.ts";
import { openFiles } from "../read/open-files.ts";
import { type ColumnDefaults, noDefaults, tableColumns } from "../read/table-columns.ts";
import { tableRelation } from "../read/table-relation.ts";
import type { Session } from "../session.ts";
import { writeDataFiles } from "../write/write-data-files.ts";
import type { WriteTarget } from "../write/write-target.ts";
import { type CompactionPolicy, type FileGroup, planCompaction } from "./plan-compaction.ts";
import { listedDeletes, SpentDeletes } from "./spent-deletes.ts";

export interface RewriteDataFilesOptions extends Partial<CompactionPolicy> {
  /** `sort`: rows of a group are sorted anew; `bin-pack`: by the table's sort order where it has one. Default: `bin-pack`. */
  readonly strategy?: "bin-pack" | "sort" | undefined;
  /** What `sort` sorts by. Default: the table's sort order. */
  readonly sortOrder?: SortOrder | undefined;
  /** Looks only at files that may hold such rows. */
  readonly where?: Predicate | undefined;
  /** Commits each group by itself, so that what is done stays done when a later one fails. Default: one commit. */
  readonly partialProgress?: boolean | undefined;
  /** What rows of files that are older than a column have in it. Default: null. */
  readonly defaults?: ColumnDefaults | undefined;
  readonly onProgress?: ((progress: CompactionProgress) => void) | undefined;
}

export interface CompactionProgress {
  readonly groups: number;
  readonly totalGroups: number;
}

export interface RewrittenDataFiles {
  /** The table as it is now; no commit was made where nothing was worth it. */
  readonly table: Table;
  readonly rewrittenFiles: number;
  readonly addedFiles: number;
  /** Delete files that have nothing left to apply to. */
  readonly removedDeleteFiles: number;
  readonly rewrittenBytes: bigint;
}

/**
 * Compacts a table: small files become large ones, deleted rows leave their files, files of older specs and orders get the
 * ones of now. No row changes, and readers of changes see none (`replace` snapshots).
 *
 * @throws IcebergError `VALIDATION_FAILED` when others removed such files meanwhile, or deleted rows of them by position
 */
export async function rewriteDataFiles(
  session: Session,
  table: Table,
  options: RewriteDataFilesOptions = {},
): Promise<RewrittenDataFiles> {
  const from = table.currentSnapshot();
  const nothing = { table, rewrittenFiles: 0, addedFiles: 0, removedDeleteFiles: 0, rewrittenBytes: 0n };
  if (from === undefined) return nothing;
  const { where = alwaysTrue, partialProgress = false, onProgress = () => {} } = options;
  const wanted = writeTarget(table, options);
  const { tasks, groups, targetFileSizeBytes } = await planGroups(table, options);
  const target = { ...wanted, targetFileSizeBytes };
  // Under a filter, a delete file may apply to files that nobody looked at.
  const spent = where.op === "true" ? new SpentDeletes(tasks, await listedDeletes(table, from)) : undefined;
  let done = 0;
  const onGroup = () => onProgress({ groups: ++done, totalGroups: groups.length });
  let result: RewrittenDataFiles = nothing;
  for (const batch of partialProgress && groups.length > 0 ? groups.map((group) => [group]) : [groups]) {
    if (batch.length === 0 && spent?.hasUnused !== true) continue;
    const added = await writeGroups(
      session,
      { table, target, defaults: options.defaults ?? noDefaults },
      batch,
      onGroup,
    );
    const rewritten = batch.flatMap((group) => group.tasks);
    const deletes = spent?.rewritten(rewritten) ?? [];
    const removed = [...rewritten.map(({ dataFile }) => dataFile), ...deletes];
    const committed = await orDiscard(table, added, () =>
      result.table.newTransaction().rewriteFiles({ removed, added, from }).commit(),
    );
    result = {
      table: committed,
      rewrittenFiles: result.rewrittenFiles + rewritten.length,
      addedFiles: result.addedFiles + added.length,
      removedDeleteFiles: result.removedDeleteFiles + deletes.length,
      rewrittenBytes: batch.reduce((sum, { bytes }) => sum + BigInt(bytes), result.rewrittenBytes),
    };
  }
  return result;
}

/** What {@link rewriteDataFiles} would rewrite of a table as it is now. */
export interface DataFileRewritePlan {
  readonly groups: number;
  readonly files: number;
  readonly bytes: bigint;
}

/** Looks which data files are worth rewriting, and changes nothing. */
export async function planDataFileRewrite(
  table: Table,
  options: Pick<RewriteDataFilesOptions, keyof CompactionPolicy | "where"> = {},
): Promise<DataFileRewritePlan> {
  const { groups } = await planGroups(table, options);
  return {
    groups: groups.length,
    files: groups.reduce((sum, { tasks }) => sum + tasks.length, 0),
    bytes: groups.reduce((sum, { bytes }) => sum + BigInt(bytes), 0n),
  };
}

async function planGroups(table: Table, options: Pick<RewriteDataFilesOptions, keyof CompactionPolicy | "where">) {
  const targetFileSizeBytes = wholeNumber(
    "targetFileSizeBytes",
    options.targetFileSizeBytes ?? tableProperties(table.metadata.properties).targetFileSizeBytes,
    1,
  );
  const counts = ["minInputFiles", "minDeleteFiles", "maxGroupBytes"] as const;
  for (const name of counts) if (options[name] !== undefined) wholeNumber(name, options[name], 1);
  const { tasks } = await table.scan({ filter: options.where ?? alwaysTrue }).plan();
  const groups = planCompaction(tasks, table.spec.specId, { ...options, targetFileSizeBytes });
  return { tasks, groups, targetFileSizeBytes };
}

interface Rewrite {
  readonly table: Table;
  readonly target: WriteTarget;
  readonly defaults: ColumnDefaults;
}

/** Writes what the files of some groups hold, without the rows that were deleted. */
async function writeGroups(
  session: Session,
  { table, target, defaults }: Rewrite,
  groups: readonly FileGroup[],
  onGroup: () => void,
): Promise<readonly DataFile[]> {
  const columns = tableColumns(table.schema, defaults);
  let added: readonly DataFile[] = [];
  for (const { tasks } of groups) {
    const written = await orDiscard(table, added, async () => {
      await using lease = session.leaseFiles();
      const files = await openFiles(session, table, tasks, lease);
      return await writeDataFiles(session, target, `SELECT * FROM ${tableRelation(files, columns)}`);
    });
    added = [...added, ...written];
    onGroup();
  }
  return added;
}

function writeTarget(table: Table, { strategy = "bin-pack", sortOrder }: RewriteDataFilesOptions): WriteTarget {
  oneOf("strategy", strategy, ["bin-pack", "sort"]);
  const { metadata, io, schema, spec } = table;
  const order = strategy === "sort" ? (sortOrder ?? table.sortOrder) : table.sortOrder;
  if (strategy === "sort" && order.fields.length === 0) {
    throw new IcebergError(
      "INVALID_ARGUMENT",
      `${table.identifier.name} has no sort order; give one to sort by, or compact by bin-pack`,
    );
  }
  return { metadata, io, schema, spec, sortOrder: order };
}
