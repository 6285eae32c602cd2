import type { FeatureRequest } from "@icecore/feature-registry";
import type { PrimitiveType } from "@icecore/iceberg-catalog";
import type { Session, SourceColumn } from "@icecore/iceberg-catalog/duckdb";
import { conversion, quotedIdentifier, type RowSource } from "@icecore/iceberg-catalog/duckdb";
import { OfflineStoreError } from "../errors.ts";
import { openSpine, type SpineInput } from "./spine-input.ts";
import type { TimeRange } from "./visible-window.ts";

/** The rows that ask for features, loaded into a temporary table with their position. */
export interface Spine {
  /** Name of the temporary table, quoted. */
  readonly table: string;
  readonly label: string;
  /** The input's columns, in its order. */
  readonly columns: readonly SourceColumn[];
  readonly timestampColumn: string;
  readonly rows: bigint;
  /** Range of the event timestamps in microseconds; absent when no row has one. */
  readonly range?: TimeRange;
}

/** Column of a spine's table that holds each row's position, from 0. */
export const rowColumn = "__row";

const timestamptz: PrimitiveType = { kind: "timestamptz" };

export interface SpineOptions {
  /** Which column is the time of each row. */
  readonly timestampColumn?: string | undefined;
  /** Columns of text files that are text, whatever they look like: join keys of type string. */
  readonly textColumns?: ReadonlySet<string>;
  /**
   * Sorts the rows by all their columns: a query or a table has no order of its own that would be the same the next time.
   * Default: for tables; what a query orders by is kept.
   */
  readonly sorted?: boolean;
}

/** The columns of a spine that are join keys of type string. */
export function stringKeyColumns(requests: readonly FeatureRequest[]): ReadonlySet<string> {
  const columns = requests.flatMap(({ view, keyColumns }) =>
    keyColumns.filter((_, index) => view.joinKeys[index]?.type === "string"),
  );
  return new Set(columns);
}

/**
 * Loads a spine. Its time is the column `event_timestamp`, or the only timestamp there is; every row keeps its place,
 * duplicates too.
 * @throws OfflineStoreError `SPINE_INVALID`
 */
export async function loadSpine(
  session: Session,
  input: SpineInput,
  { timestampColumn, textColumns = new Set(), sorted = "table" in input }: SpineOptions = {},
): Promise<Spine> {
  await using source = await openSpine(session, input, textColumns);
  refuseReservedName(source);
  const time = findTimestamp(source, timestampColumn);
  await refuseBadTimes(session, source, time);
  const table = quotedIdentifier(`spine_${crypto.randomUUID()}`);
  const selected = source.columns.map((column) =>
    column.name === time.column ? `${time.sql} AS ${quotedIdentifier(time.column)}` : quotedIdentifier(column.name),
  );
  const order = sorted ? `ORDER BY ${source.columns.map(({ name }) => quotedIdentifier(name)).join(", ")}` : "";
  await session.run(
    `CREATE TEMP TABLE ${table} AS SELECT row_number() OVER (${order}) - 1 AS ${rowColumn}, ${selected.join(", ")} FROM ${source.relation}`,
    source.label,
  );
  const quotedTime = quotedIdentifier(time.column);
  const stats = await session.row(
    `SELECT count(*) AS total, count(${quotedTime}) AS timed, epoch_us(min(${quotedTime})) AS lo, epoch_us(max(${quotedTime})) AS hi FROM ${table}`,
  );
  const columns = source.columns.map((column) =>
    column.name === time.column ? { name: column.name, type: "TIMESTAMP WITH TIME ZONE" } : column,
  );
  const [lo, hi] = [stats["lo"], stats["hi"]];
  return {
    table,
    label: source.label,
    columns,
    timestampColumn: time.column,
    rows: BigInt(String(stats["total"])),
    ...(typeof lo === "bigint" && typeof hi === "bigint" ? { range: { fromMicros: lo, toMicros: hi } } : {}),
  };
}

function refuseReservedName(source: RowSource): void {
  const reserved = source.columns.find((column) => column.name.toLowerCase() === rowColumn);
  if (reserved === undefined) return;
  throw new OfflineStoreError(
    "SPINE_INVALID",
    `${source.label}: the column name "${reserved.name}" is kept for the position of each row; rename it`,
  );
}

interface TimestampColumn {
  readonly column: string;
  readonly sql: string;
  /** Absent where no value can be bad. */
  readonly expected?: string;
}

function findTimestamp(source: RowSource, name: string | undefined): TimestampColumn {
  const column =
    name === undefined ? guessTimestamp(source) : source.columns.find((candidate) => candidate.name === name);
  if (column === undefined) {
    throw new OfflineStoreError(
      "SPINE_INVALID",
      `${source.label}: no column "${name}" to take the time of each row from`,
    );
  }
  const sql = quotedIdentifier(column.name);
  const converted = conversion(sql, column.type, timestamptz);
  if (converted.kind === "refused") {
    throw new OfflineStoreError("SPINE_INVALID", `${source.label}: column "${column.name}": ${converted.reason}`);
  }
  return {
    column: column.name,
    sql: converted.sql,
    ...(converted.kind === "checked" ? { expected: converted.expected } : {}),
  };
}

function guessTimestamp(source: RowSource): SourceColumn {
  const named = source.columns.find((column) => column.name === "event_timestamp");
  if (named !== undefined) return named;
  const timestamps = source.columns.filter((column) => column.type.startsWith("TIMESTAMP"));
  const [only] = timestamps;
  if (only !== undefined && timestamps.length === 1) return only;
  const found =
    timestamps.length === 0 ? "none of its columns is a timestamp" : `it has ${timestamps.length} timestamps`;
  throw new OfflineStoreError(
    "SPINE_INVALID",
    `${source.label}: cannot tell the time of each row: ${found}, and no column is called event_timestamp; rename one`,
  );
}

async function refuseBadTimes(session: Session, source: RowSource, time: TimestampColumn): Promise<void> {
  if (time.expected === undefined) return;
  const column = quotedIdentifier(time.column);
  const bad = await session.rows(
    `SELECT row_number, value FROM (SELECT row_number() OVER () AS row_number, ${column} AS value, ${time.sql} AS parsed FROM ${source.relation})
     WHERE value IS NOT NULL AND parsed IS NULL ORDER BY row_number LIMIT 1`,
    source.label,
  );
  const [first] = bad;
  if (first === undefined) return;
  throw new OfflineStoreError(
    "SPINE_INVALID",
    `${source.label}: column ${column} row ${first["row_number"]} ("${first["value"]}") is not ${time.expected}`,
  );
}
