import type { DataFile } from "../../spec/manifest.ts";
import type { Table } from "../../table.ts";
import { quotedIdentifier } from "../quote.ts";
import { filePathColumn, positionColumn } from "../read/file-rows.ts";
import type { Session } from "../session.ts";
import { type WriteOptions, writeDataFiles } from "../write/write-data-files.ts";
import { writePositionDeletes } from "../write/write-delete-files.ts";
import type { WriteMode } from "./isolation.ts";
import { orDiscard } from "./or-discard.ts";
import type { RowScan } from "./row-scan.ts";

/** Rows that are to go: a temporary table of {@link filePathColumn} and {@link positionColumn}, without doubles. */
export interface DoomedRows {
  /** Quoted. */
  readonly name: string;
}

/** What it takes for rows to be gone. */
export interface RowRemoval {
  readonly rows: bigint;
  readonly removed: readonly DataFile[];
  readonly added: readonly DataFile[];
  readonly addedDeletes: readonly DataFile[];
  /** How many of the added rows are new to the table. */
  readonly addedRows: bigint;
  /** Files that stay, and into which `addedDeletes` point. */
  readonly referenced: readonly DataFile[];
}

/** What comes in the same stroke. */
interface ExtraRows extends Pick<WriteOptions, "onProgress"> {
  /** A SELECT of rows. */
  readonly extra?: string | undefined;
}

/**
 * Prepares the removal of rows. A file all of whose rows go is removed as it is; of another one, what stays is written
 * anew (copy-on-write), or the rows are named in delete files (merge-on-read).
 */
export async function removeRows(
  session: Session,
  table: Table,
  scan: RowScan,
  doomed: DoomedRows,
  mode: WriteMode,
  { extra, onProgress }: ExtraRows = {},
): Promise<RowRemoval> {
  const counts = await countByFile(session, scan, doomed);
  const whole = pathsWhere(counts, ({ rows, live }) => rows === live);
  const partly = pathsWhere(counts, ({ rows, live }) => rows < live);
  const rows = sum(counts, (count) => count.rows);
  if (mode === "merge-on-read") {
    const added = extra === undefined ? [] : await writeDataFiles(session, table, extra, { onProgress });
    const pointedInto = new Map([...scan.files].filter(([path]) => partly.has(path)));
    const addedDeletes = await orDiscard(table, added, () =>
      writePositionDeletes(session, table, `SELECT * FROM ${doomed.name}`, pointedInto),
    );
    const referenced = [...pointedInto.values()];
    return { rows, removed: filesAt(scan, whole), added, addedDeletes, referenced, addedRows: rowsOf(added) };
  }
  const columns = table.schema.fields.map(({ name }) => quotedIdentifier(name)).join(", ");
  const stay = `SELECT ${columns} FROM ${scan.relation(partly)} r ANTI JOIN ${doomed.name} d USING (${filePathColumn}, ${positionColumn})`;
  const come = extra === undefined ? [] : [`SELECT ${columns} FROM (${extra})`];
  const selects = [...(partly.size === 0 ? [] : [stay]), ...come];
  const written = selects.join(" UNION ALL ");
  const added = selects.length === 0 ? [] : await writeDataFiles(session, table, written, { onProgress });
  const kept = sum(counts, ({ rows: gone, live }) => live - gone);
  const removed = filesAt(scan, new Set([...whole, ...partly]));
  return { rows, removed, added, addedDeletes: [], referenced: [], addedRows: rowsOf(added) - kept };
}

const rowsOf = (files: readonly DataFile[]): bigint => sum(files, ({ recordCount }) => recordCount);

const sum = <T>(items: readonly T[], of: (item: T) => bigint): bigint =>
  items.reduce((total, item) => total + of(item), 0n);

interface FileCount {
  readonly path: string;
  /** How many rows are to go. */
  readonly rows: bigint;
  /** How many there are, without those that were deleted before. */
  readonly live: bigint;
}

async function countByFile(session: Session, scan: RowScan, doomed: DoomedRows): Promise<readonly FileCount[]> {
  const hit = await session.rows(`SELECT ${filePathColumn} AS path, count(*) AS n FROM ${doomed.name} GROUP BY 1`);
  const rows = new Map(hit.map((row) => [String(row["path"]), BigInt(String(row["n"]))]));
  if (rows.size === 0) return [];
  const live = await session.rows(
    `SELECT ${filePathColumn} AS path, count(*) AS n FROM ${scan.relation(new Set(rows.keys()))} GROUP BY 1`,
  );
  return live.map((row) => {
    const path = String(row["path"]);
    return { path, rows: rows.get(path) ?? 0n, live: BigInt(String(row["n"])) };
  });
}

const pathsWhere = (counts: readonly FileCount[], wanted: (count: FileCount) => boolean): ReadonlySet<string> =>
  new Set(counts.filter(wanted).map(({ path }) => path));

const filesAt = ({ files }: RowScan, paths: ReadonlySet<string>): readonly DataFile[] =>
  [...paths].flatMap((path) => files.get(path) ?? []);
