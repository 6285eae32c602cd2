import type { Table } from "../../table.ts";
import type { Isolation } from "../../transaction/conflicts.ts";
import type { SnapshotOptions } from "../../transaction/snapshot-options.ts";
import { oneOf } from "../argument.ts";
import { requireColumn } from "../column-path.ts";
import { internalName } from "../internal-name.ts";
import { quotedIdentifier } from "../quote.ts";
import { filePathColumn, positionColumn } from "../read/file-rows.ts";
import type { ColumnDefaults } from "../read/table-columns.ts";
import type { RowInput } from "../row-source.ts";
import type { Session } from "../session.ts";
import { TemporaryTables } from "../temporary-tables.ts";
import type { WriteOptions } from "../write/write-data-files.ts";
import { rowChangeModes, type WriteMode } from "./isolation.ts";
import { matchColumns } from "./match-columns.ts";
import { keyRange, keysOf, refuseBadKeys } from "./merge-keys.ts";
import { openRows } from "./open-rows.ts";
import { orDiscard } from "./or-discard.ts";
import { removeRows } from "./remove-rows.ts";
import { type RowScan, scanRows } from "./row-scan.ts";

export interface UpsertRowsOptions extends SnapshotOptions {
  /** The columns that tell rows apart. Default: the table's identifier fields. */
  readonly on?: readonly string[] | undefined;
  /** What becomes of a row of the table that has the key of a given one. Default: `update`. */
  readonly whenMatched?: "update" | "delete" | "ignore" | undefined;
  /** What becomes of a given row whose key the table does not have. Default: `insert`. */
  readonly whenNotMatched?: "insert" | "ignore" | undefined;
  /** Columns that make no difference by themselves: where only they do, the row is left alone. Default: none. */
  readonly ignoreDifferencesIn?: readonly string[] | undefined;
  /** What rows of files that are older than a column have in it. Default: null. */
  readonly defaults?: ColumnDefaults | undefined;
  /** Default: the table's `write.merge.mode`, else copy-on-write. */
  readonly mode?: WriteMode | undefined;
  /** Default: the table's `write.merge.isolation-level`, else serializable. */
  readonly isolation?: Isolation | undefined;
  /** Of the rows that are written, those that stay in their files' place among them. */
  readonly onProgress?: WriteOptions["onProgress"];
}

export interface UpsertedRows {
  /** The table as it is now; no commit was made where nothing changed. */
  readonly table: Table;
  readonly inserted: bigint;
  /** Rows of the table that another took the place of. */
  readonly updated: bigint;
  readonly deleted: bigint;
  /** Given rows that the table had already, with the same values. */
  readonly unchanged: bigint;
}

/**
 * Merges rows into a table by key, as one commit: rows whose key the table has take the place of those, the others are
 * inserted. A row that is there with the same values is left alone.
 *
 * @throws IcebergError `ROWS_INVALID` where a key is null or given twice, `VALIDATION_FAILED` when others changed such rows
 * meanwhile
 */
export async function upsertRows(
  session: Session,
  table: Table,
  input: RowInput,
  options: UpsertRowsOptions = {},
): Promise<UpsertedRows> {
  const { on, whenMatched = "update", whenNotMatched = "insert", mode, isolation, ...more } = options;
  const { ignoreDifferencesIn = [], defaults, onProgress, ...snapshot } = more;
  oneOf("whenMatched", whenMatched, ["update", "delete", "ignore"]);
  oneOf("whenNotMatched", whenNotMatched, ["insert", "ignore"]);
  for (const name of ignoreDifferencesIn) requireColumn(table.schema, name);
  const modes = rowChangeModes(table.metadata, "merge", { mode, isolation });
  const keys = keysOf(table, on);
  await using source = await openRows(session, input);
  await using tables = new TemporaryTables(session);
  const numbered = `SELECT *, row_number() OVER () AS ${rowColumn} FROM (${matchColumns(source, table.schema)})`;
  const given = await tables.create("given", numbered, source.label);
  await refuseBadKeys(session, given, keys, source.label);
  const filter = await keyRange(session, given, keys);
  await using lease = session.leaseFiles();
  const scan = await scanRows(session, lease, table, filter, snapshot.branch, defaults);
  const matches = await tables.create(
    "matches",
    matchQuery(
      table,
      scan,
      given,
      keys.map(({ name }) => name),
      ignoreDifferencesIn,
    ),
    "upsert",
  );
  const counts = await session.row(countQuery(given, matches));
  const touches = whenMatched === "ignore" ? "false" : whenMatched === "delete" ? "true" : "m.changes";
  const doomed = await tables.create(
    "doomed",
    `SELECT ${filePathColumn}, ${positionColumn} FROM ${matches} m WHERE ${touches}`,
    "upsert",
  );
  const incoming = incomingQuery(given, matches, whenMatched, whenNotMatched);
  const change = await removeRows(session, table, scan, { name: doomed }, modes.mode, { extra: incoming, onProgress });
  const count = (column: string): bigint => BigInt(String(counts[column]));
  const replaced = change.rows;
  const result = {
    inserted: whenNotMatched === "insert" ? count("unmatched") : 0n,
    updated: whenMatched === "update" ? replaced : 0n,
    deleted: whenMatched === "delete" ? replaced : 0n,
    unchanged: whenMatched === "update" ? count("unchanged") : 0n,
  };
  const { removed, added, addedDeletes, referenced } = change;
  if (replaced === 0n && change.addedRows === 0n) return { table, ...result };
  const conflicts = { from: scan.from, filter, isolation: modes.isolation, referenced };
  const committed = await orDiscard(table, [...added, ...addedDeletes], () =>
    table
      .newTransaction()
      .changeFiles({ ...snapshot, removed: { files: removed }, added, addedDeletes, conflicts })
      .commit(),
  );
  return { table: committed, ...result };
}

/** Tells the given rows apart, whatever their columns are called. */
const rowColumn = internalName("given_row");

/** Every row of the table that has a given key: where it lies, which given row that is, and whether it has other values. */
function matchQuery(
  { schema }: Table,
  scan: RowScan,
  given: string,
  keys: readonly string[],
  ignored: readonly string[],
): string {
  const equal = keys.map((key) => `t.${quotedIdentifier(key)} = g.${quotedIdentifier(key)}`).join(" AND ");
  const compared = schema.fields
    .filter(({ name }) => !ignored.includes(name))
    .map(({ name }) => quotedIdentifier(name));
  const differs = compared.map((column) => `t.${column} IS DISTINCT FROM g.${column}`).join(" OR ");
  // Where a key is in the table more than once, the given row takes the place of all.
  return `SELECT ${filePathColumn}, ${positionColumn}, given_row, differs OR count(*) OVER (PARTITION BY given_row) > 1 AS changes
    FROM (
      SELECT t.${filePathColumn}, t.${positionColumn}, g.${rowColumn} AS given_row, (${differs}) AS differs
      FROM ${scan.relation()} t JOIN ${given} g ON ${equal}
    )`;
}

const countQuery = (given: string, matches: string): string =>
  `SELECT (SELECT count(*) FROM ${given} g WHERE NOT EXISTS (SELECT 1 FROM ${matches} m WHERE m.given_row = g.${rowColumn})) AS unmatched,
    (SELECT count(*) FROM ${matches} WHERE NOT changes) AS unchanged`;

function incomingQuery(
  given: string,
  matches: string,
  whenMatched: "update" | "delete" | "ignore",
  whenNotMatched: "insert" | "ignore",
): string {
  const isMatched = `EXISTS (SELECT 1 FROM ${matches} m WHERE m.given_row = g.${rowColumn})`;
  const updates =
    whenMatched === "update"
      ? `EXISTS (SELECT 1 FROM ${matches} m WHERE m.given_row = g.${rowColumn} AND m.changes)`
      : "false";
  const inserts = whenNotMatched === "insert" ? `NOT ${isMatched}` : "false";
  return `SELECT * EXCLUDE (${rowColumn}) FROM ${given} g WHERE (${updates}) OR (${inserts})`;
}
