import type { Snapshot } from "../../spec/snapshot.ts";
import type { TableMetadata } from "../../spec/table-metadata.ts";
import type { Table } from "../../table.ts";
import type { SnapshotOptions } from "../../transaction/snapshot-options.ts";
import type { ArrowInput } from "../arrow-rows.ts";
import type { RowInput } from "../row-source.ts";
import type { Session } from "../session.ts";
import { refuseUnstorable } from "../write/refuse-unstorable.ts";
import { type WriteOptions, writeDataFiles } from "../write/write-data-files.ts";
import { appendKeySummary, findAppends } from "./append-key.ts";
import { matchColumns } from "./match-columns.ts";
import { openRows } from "./open-rows.ts";
import { orDiscard } from "./or-discard.ts";

export interface AppendRowsOptions extends SnapshotOptions, WriteOptions {
  /**
   * The same key appends to a branch once, whoever calls how often, for as long as its snapshot has not expired. Of several,
   * for rows that were sent with a key each, none may have been there.
   */
  readonly key?: string | readonly string[] | undefined;
}

/** What an append came to. */
export type AppendedRows =
  | {
      readonly outcome: "appended";
      readonly table: Table;
      readonly rows: bigint;
      readonly files: number;
      readonly bytes: bigint;
    }
  /** A key was there, in this snapshot. */
  | { readonly outcome: "already-appended"; readonly table: Table; readonly snapshot: Snapshot }
  | { readonly outcome: "no-rows"; readonly table: Table };

/**
 * Appends rows to a table as one commit; columns are matched by name. Nothing is visible before the commit, and nothing is
 * left behind when it fails.
 *
 * @throws IcebergError `ROWS_INVALID`, `FILE_NOT_FOUND`, `FILE_INVALID`, `STORAGE_FULL`
 */
export async function appendRows(
  session: Session,
  table: Table,
  input: RowInput | ArrowInput,
  options: AppendRowsOptions = {},
): Promise<AppendedRows> {
  await using source = await openRows(session, input);
  return await append(session, table, matchColumns(source, table.schema), { doing: source.label, ...options });
}

/**
 * Appends the rows of a SELECT that gives exactly the table's columns, in their types.
 * @throws IcebergError `ROWS_INVALID` for nulls where values are required, and infinite dates and timestamps
 */
export function appendSelect(
  session: Session,
  table: Table,
  select: string,
  options?: AppendRowsOptions,
): Promise<AppendedRows> {
  return append(session, table, refuseUnstorable(select, table.schema.fields), options);
}

async function append(
  session: Session,
  table: Table,
  select: string,
  { key, onProgress, doing, ...snapshot }: AppendRowsOptions = {},
): Promise<AppendedRows> {
  const keys = typeof key === "string" ? [key] : (key ?? []);
  const [earlier] = findAppends(table.metadata, keys, snapshot.branch).values();
  if (earlier !== undefined) return { outcome: "already-appended", table, snapshot: earlier };
  const files = await writeDataFiles(session, table, select, { onProgress, ...(doing !== undefined && { doing }) });
  if (files.length === 0) return { outcome: "no-rows", table };
  try {
    const committed = await orDiscard(table, files, () => {
      const transaction = table.newTransaction();
      if (keys.length === 0) return transaction.append(files, snapshot).commit();
      const summary = { ...snapshot.summary, ...appendKeySummary(keys) };
      return transaction
        .validate((base) => refuseSecond(base, keys, snapshot.branch))
        .append(files, { ...snapshot, summary })
        .commit();
    });
    return {
      outcome: "appended",
      table: committed,
      rows: files.reduce((sum, file) => sum + file.recordCount, 0n),
      files: files.length,
      bytes: files.reduce((sum, file) => sum + file.fileSizeInBytes, 0n),
    };
  } catch (error) {
    if (error instanceof AppendedMeanwhile) return { outcome: "already-appended", table, snapshot: error.snapshot };
    throw error;
  }
}

/** Another process committed the same key while this one wrote its files. */
class AppendedMeanwhile extends Error {
  readonly snapshot: Snapshot;

  constructor(snapshot: Snapshot) {
    super("the key was appended meanwhile");
    this.snapshot = snapshot;
  }
}

function refuseSecond(base: TableMetadata, keys: readonly string[], branch: string | undefined): void {
  const [earlier] = findAppends(base, keys, branch).values();
  if (earlier !== undefined) throw new AppendedMeanwhile(earlier);
}
