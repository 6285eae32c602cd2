import type { RecordBatch } from "apache-arrow";
import { quotedIdentifier, subquery } from "./quote.ts";
import type { Session, SourceColumn } from "./session.ts";
import { mapScalars, parseSourceType, type SourceType, sourceTypeText } from "./source-type.ts";
import { withTables } from "./temporary-tables.ts";

const carried = new Set([
  "BOOLEAN",
  "INTEGER",
  "BIGINT",
  "FLOAT",
  "DOUBLE",
  "DATE",
  "TIME",
  "TIMESTAMP",
  "TIMESTAMP WITH TIME ZONE",
  "VARCHAR",
  "BLOB",
]);

const castTo: Readonly<Record<string, string>> = {
  TINYINT: "INTEGER",
  SMALLINT: "INTEGER",
  UTINYINT: "INTEGER",
  USMALLINT: "INTEGER",
  UINTEGER: "BIGINT",
  UBIGINT: "DECIMAL(38,0)",
  HUGEINT: "DECIMAL(38,0)",
  UHUGEINT: "DECIMAL(38,0)",
  TIMESTAMP_S: "TIMESTAMP",
  TIMESTAMP_MS: "TIMESTAMP",
  TIMESTAMP_NS: "TIMESTAMP",
  '"NULL"': "INTEGER",
};

/** The select list that casts each column of a query to a type Arrow output carries, and so what is inside of it. */
export function arrowProjection(columns: readonly SourceColumn[]): string {
  return columns.map(({ name, type }) => projected(quotedIdentifier(name), type)).join(", ");
}

/**
 * A query's result that has been computed: it can be streamed without failing half-way. It takes room in the session until
 * it is disposed of, or the session is.
 */
export interface StoredResult extends AsyncDisposable {
  /** Names that a query gives twice are told apart by a number. */
  readonly columns: readonly string[];
  readonly rows: bigint;
  /** Selects the rows as they were computed, in the session. */
  readonly select: string;
  /** The rows as Arrow, columns cast where Arrow output does not carry their type. */
  batches(): AsyncGenerator<RecordBatch>;
}

/**
 * Computes a query into a temporary table of the session, which DuckDB spills to disk where memory does not hold it. A
 * result that is streamed while it is computed ends early without a word when a row fails; this one fails before.
 */
export function storeResult(session: Session, sql: string): Promise<StoredResult> {
  return withTables(session, async (tables) => {
    const table = await tables.create("stored", `SELECT * FROM ${subquery(sql)}`, "query");
    const select = `SELECT * FROM ${table}`;
    const columns = await session.describe(select);
    return {
      columns: columns.map(({ name }) => name),
      rows: tables.count(table),
      select,
      batches: () => session.batches(`SELECT ${arrowProjection(columns)} FROM ${table}`),
    };
  });
}

function projected(column: string, type: string): string {
  const source = parseSourceType(type);
  // Arrow has no name for what has none.
  if (!isNamed(source)) return `CAST(to_json(${column}) AS VARCHAR) AS ${column}`;
  const target = mapScalars(source, carriedType);
  if (sourceTypeText(target) === sourceTypeText(source) && !hasArray(type)) return column;
  return `CAST(${column} AS ${sourceTypeText(target)}) AS ${column}`;
}

const carriedType = (type: string): string =>
  carried.has(type) || /^DECIMAL\(\d+,\d+\)$/.test(type) ? type : (castTo[type] ?? "VARCHAR");

/** Arrays are told as the lists that they become. */
const hasArray = (type: string): boolean => /\[\d+\]/.test(type);

function isNamed(type: SourceType): boolean {
  switch (type.kind) {
    case "scalar":
      return true;
    case "struct":
      return type.members.every((member) => member.name !== undefined && isNamed(member.type));
    case "list":
      return isNamed(type.element);
    case "map":
      return isNamed(type.key) && isNamed(type.value);
  }
}
