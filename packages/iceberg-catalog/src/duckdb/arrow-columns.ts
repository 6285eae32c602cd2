import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DECIMAL,
  DOUBLE,
  DuckDBBlobValue,
  DuckDBDecimalValue,
  type DuckDBType,
  type DuckDBValue,
  type DuckDBVector,
  FLOAT,
  INTEGER,
  SMALLINT,
  TINYINT,
  UBIGINT,
  UINTEGER,
  USMALLINT,
  UTINYINT,
  VARCHAR,
} from "@duckdb/node-api";
import { type DataType, DateUnit, type Field, TimeUnit, Type, type Vector } from "apache-arrow";
import { IcebergError } from "../errors.ts";
import { quotedIdentifier } from "./quote.ts";

/** How a column of Arrow becomes one of DuckDB: what is copied, and what that means in SQL. */
export interface ArrowColumn {
  /** The type of what is copied. */
  readonly type: DuckDBType;
  /** The value of the column, from what was copied. */
  readonly sql: string;
  /** How one value is copied; absent where whole buffers are. */
  readonly convert?: (value: NonNullable<unknown>) => DuckDBValue;
}

/** @throws IcebergError `UNSUPPORTED` for nested columns, and what DuckDB has no type for */
export function arrowColumn({ name, type }: Field): ArrowColumn {
  const column = quotedIdentifier(name);
  const found = numberColumn(type, column) ?? timeColumn(type, column) ?? valueColumn(type, column);
  if (found !== undefined) return found;
  throw new IcebergError(
    "UNSUPPORTED",
    `column "${name}" has the Arrow type ${String(type)}, which cannot be read; cast it`,
  );
}

function numberColumn(type: DataType, sql: string): ArrowColumn | undefined {
  if (type.typeId === Type.Int) {
    const { bitWidth, isSigned } = type as DataType & { readonly bitWidth: number; readonly isSigned: boolean };
    const signed = { 8: TINYINT, 16: SMALLINT, 32: INTEGER, 64: BIGINT }[bitWidth];
    const unsigned = { 8: UTINYINT, 16: USMALLINT, 32: UINTEGER, 64: UBIGINT }[bitWidth];
    const found = isSigned ? signed : unsigned;
    return found && { type: found, sql };
  }
  if (type.typeId !== Type.Float) return undefined;
  const { precision } = type as DataType & { readonly precision: number };
  return precision === 0 ? undefined : { type: precision === 1 ? FLOAT : DOUBLE, sql };
}

/** Counts of a unit, copied as they are. */
function timeColumn(type: DataType, sql: string): ArrowColumn | undefined {
  const { unit, timezone } = type as DataType & { readonly unit: number; readonly timezone?: string | null };
  switch (type.typeId) {
    case Type.Timestamp: {
      const make = timezone ? "make_timestamptz" : "make_timestamp";
      return { type: BIGINT, sql: `${make}(${inMicros(sql, unit)})` };
    }
    case Type.Date:
      return unit === DateUnit.DAY
        ? { type: INTEGER, sql: `(DATE '1970-01-01' + ${sql})` }
        : { type: BIGINT, sql: `CAST(make_timestamp(${sql} * 1000) AS DATE)` };
    case Type.Time: {
      const isShort = unit === TimeUnit.SECOND || unit === TimeUnit.MILLISECOND;
      return { type: isShort ? INTEGER : BIGINT, sql: `(TIME '00:00:00' + to_microseconds(${inMicros(sql, unit)}))` };
    }
    default:
      return undefined;
  }
}

/** DuckDB keeps microseconds: finer times are refused, unless they are whole ones. */
function inMicros(sql: string, unit: number): string {
  switch (unit) {
    case TimeUnit.SECOND:
      return `${sql}::BIGINT * 1000000`;
    case TimeUnit.MILLISECOND:
      return `${sql}::BIGINT * 1000`;
    case TimeUnit.NANOSECOND:
      return `CASE WHEN ${sql} % 1000 = 0 THEN ${sql} // 1000 ELSE error('a time is finer than a microsecond; round it') END`;
    default:
      return sql;
  }
}

function valueColumn(type: DataType, sql: string): ArrowColumn | undefined {
  switch (type.typeId) {
    case Type.Null:
      return { type: INTEGER, sql: `CAST(NULL AS INTEGER)`, convert: () => null };
    case Type.Bool:
      return { type: BOOLEAN, sql, convert: (value) => value as boolean };
    case Type.Utf8:
    case Type.LargeUtf8:
      return { type: VARCHAR, sql, convert: (value) => value as string };
    case Type.Binary:
    case Type.LargeBinary:
    case Type.FixedSizeBinary:
      return { type: BLOB, sql, convert: (value) => new DuckDBBlobValue(value as Uint8Array) };
    case Type.Decimal: {
      const { precision, scale } = type as DataType & { readonly precision: number; readonly scale: number };
      return {
        type: DECIMAL(precision, scale),
        sql,
        convert: (value) => new DuckDBDecimalValue(unscaled(value as Uint32Array), precision, scale),
      };
    }
    case Type.Dictionary: {
      const { dictionary } = type as DataType & { readonly dictionary: DataType };
      return valueColumn(dictionary, sql);
    }
    default:
      return undefined;
  }
}

/** The 128 bits of a decimal, least significant word first. */
function unscaled(words: Uint32Array): bigint {
  const bits = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
  return BigInt.asIntN(32 * words.length, bits);
}

type Items = { set(values: ArrayLike<never>): void };

/** Copies `count` values of a column, from `start` on, into a vector of a chunk of that many rows. */
export function copyValues(column: ArrowColumn, from: Vector, start: number, count: number, to: DuckDBVector): void {
  const { convert } = column;
  if (convert === undefined) copyBuffers(from.slice(start, start + count), to);
  else copyOneByOne(from, start, count, convert, to);
  to.flush();
}

function copyBuffers(from: Vector, to: DuckDBVector): void {
  const { items, validity } = to as unknown as {
    readonly items: Items & { subarray(begin: number): Items };
    readonly validity: { setItemValid(index: number, valid: boolean): void };
  };
  let position = 0;
  for (const data of from.data) {
    items.subarray(position).set(data.values.subarray(0, data.length) as never);
    if (data.nullCount > 0) {
      for (let i = 0; i < data.length; i++) if (!data.getValid(i)) validity.setItemValid(position + i, false);
    }
    position += data.length;
  }
}

function copyOneByOne(
  from: Vector,
  start: number,
  count: number,
  convert: NonNullable<ArrowColumn["convert"]>,
  to: DuckDBVector,
): void {
  for (let i = 0; i < count; i++) {
    const value = from.get(start + i);
    to.setItem(i, value === null || value === undefined ? null : convert(value));
  }
}
