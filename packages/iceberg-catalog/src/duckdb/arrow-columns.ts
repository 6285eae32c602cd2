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
import { type Data, type DataType, DateUnit, type Field, TimeUnit, Type, Vector } from "apache-arrow";
import { IcebergError } from "../errors.ts";
import { type Nesting, nestedColumn } from "./nested-arrow-columns.ts";
import { quotedIdentifier } from "./quote.ts";

/** Where a field names the type that its values are more closely of (Arrow, "Extension Types"). */
const extensionName = "ARROW:extension:name";
const jsonExtension = "arrow.json";

/** The metadata of an Arrow field whose text is JSON. */
export const jsonFieldMetadata: ReadonlyMap<string, string> = new Map([[extensionName, jsonExtension]]);

/** How a column of Arrow becomes one of DuckDB: what is copied, and what that means in SQL. */
export interface ArrowColumn {
  /** The type of what is copied. */
  readonly type: DuckDBType;
  /** The value of the column, from what was copied. */
  readonly sql: string;
  /** The type of the value, where that is not what was copied, and nobody has to be asked. */
  readonly sqlType?: string;
  /** Reads values one by one, which are not null; absent where whole buffers are copied. */
  readonly reader?: (data: Data) => (index: number) => DuckDBValue;
}

/** @throws IcebergError `UNSUPPORTED` for what DuckDB has no type for */
export function arrowColumn(field: Field): ArrowColumn {
  return columnOf(field, quotedIdentifier(field.name), field.name);
}

/** A column, or what is in it, as the value of an expression; `path` is dotted. */
function columnOf(field: Field, sql: string, path: string): ArrowColumn {
  const { type } = field;
  const nesting: Nesting = {
    depth: path.split(".").length,
    inside: (child, childSql) => columnOf(child, childSql, `${path}.${child.name}`),
  };
  const flat = numberColumn(type, sql) ?? timeColumn(type, sql) ?? jsonColumn(field, sql) ?? valueColumn(type, sql);
  const found = flat ?? nestedColumn(type, sql, nesting);
  if (found !== undefined) return found;
  throw new IcebergError(
    "UNSUPPORTED",
    `column "${path}" has the Arrow type ${String(type)}, which cannot be read; cast it`,
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

/** Text that says of itself that it is JSON. */
function jsonColumn({ type, metadata }: Field, sql: string): ArrowColumn | undefined {
  if (metadata.get(extensionName) !== jsonExtension || type.typeId !== Type.Utf8) return undefined;
  const reader = converting((value) => value as string);
  return { type: VARCHAR, sql: `CAST(${sql} AS JSON)`, sqlType: "JSON", reader };
}

function valueColumn(type: DataType, sql: string): ArrowColumn | undefined {
  switch (type.typeId) {
    case Type.Null:
      return { type: INTEGER, sql: `CAST(NULL AS INTEGER)`, reader: () => () => null };
    case Type.Bool:
      return { type: BOOLEAN, sql, reader: converting((value) => value as boolean) };
    case Type.Utf8:
    case Type.LargeUtf8:
      return { type: VARCHAR, sql, reader: converting((value) => value as string) };
    case Type.Binary:
    case Type.LargeBinary:
    case Type.FixedSizeBinary:
      return { type: BLOB, sql, reader: converting((value) => new DuckDBBlobValue(value as Uint8Array)) };
    case Type.Decimal: {
      const { precision, scale } = type as DataType & { readonly precision: number; readonly scale: number };
      return {
        type: DECIMAL(precision, scale),
        sql,
        reader: converting((value) => new DuckDBDecimalValue(unscaled(value as Uint32Array), precision, scale)),
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

const converting =
  (convert: (value: NonNullable<unknown>) => DuckDBValue) =>
  (data: Data): ((index: number) => DuckDBValue) => {
    const vector = new Vector([data]);
    return (index) => convert(vector.get(index));
  };

/** The 128 bits of a decimal, least significant word first. */
function unscaled(words: Uint32Array): bigint {
  const bits = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
  return BigInt.asIntN(32 * words.length, bits);
}

type Items = { set(values: ArrayLike<never>): void };

/** Copies `count` values of a column, from `start` on, into a vector of a chunk of that many rows. */
export function copyValues(column: ArrowColumn, from: Vector, start: number, count: number, to: DuckDBVector): void {
  const values = from.slice(start, start + count);
  if (column.reader === undefined) copyBuffers(values, to);
  else copyOneByOne(values, column.reader, to);
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

function copyOneByOne(from: Vector, reader: NonNullable<ArrowColumn["reader"]>, to: DuckDBVector): void {
  let position = 0;
  for (const data of from.data) {
    const read = reader(data);
    for (let i = 0; i < data.length; i++) to.setItem(position++, data.getValid(i) ? read(i) : null);
  }
}
