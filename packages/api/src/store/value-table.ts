import type { IcebergType, Schema as TableSchema } from "@icecore/iceberg-catalog";
import { jsonFieldMetadata } from "@icecore/iceberg-catalog/duckdb";
import { type Data, Field, makeData, RecordBatch, Schema, Struct, Table, Utf8, vectorFromArray } from "apache-arrow";
import { numberText, typedData } from "./typed-values.ts";
import { columnForm, countValues, isNull, type PushedColumns, toColumns } from "./value-columns.ts";

/**
 * The values as Arrow, for a table of that schema. Where all of a column are JavaScript's own of the type there, they stay as
 * they are. Others are text, as a CSV file would have them, or JSON where arrays and objects are among them: they are
 * converted and checked by who reads that.
 * @throws IcecoreError `ARGUMENT_INVALID` when columns differ in length, or there is none
 */
export function valueTable(input: PushedColumns, { fields }: Pick<TableSchema, "fields">): Table {
  const columns = toColumns(input);
  const length = countValues(columns);
  const types = new Map(fields.map(({ name, type }) => [name, type]));
  // An array may have holes, which are passed over by some methods and not by others.
  const made = Object.entries(columns).map(([name, values]) => valueColumn(name, Array.from(values), types.get(name)));
  const schema = new Schema(made.map(({ field }) => field));
  const children = made.map(({ data }) => data);
  return new Table([
    new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, nullCount: 0, children })),
  ]);
}

interface ValueColumn {
  readonly field: Field;
  readonly data: Data;
}

/** Without a type, the table has no such column, and whoever reads it says so. */
function valueColumn(name: string, values: readonly unknown[], type: IcebergType | undefined): ValueColumn {
  if (columnForm(values) !== "single") {
    // A column of nulls, too: that may be of any type, and text of none that is nested.
    const data = textData(values.map(jsonOf));
    return { field: new Field(name, data.type, true, new Map(jsonFieldMetadata)), data };
  }
  const typed = type && typedData(values, type);
  const data = typed ?? textData(values.map((value) => textOf(value, type?.kind)));
  return { field: new Field(name, data.type, true), data };
}

function textData(texts: readonly (string | null)[]): Data {
  return vectorFromArray(texts, new Utf8()).data[0] ?? makeData({ type: new Utf8(), length: 0 });
}

function jsonOf(value: unknown): string | null {
  return isNull(value) ? null : JSON.stringify(value, jsonMember);
}

/** What JSON has no word for is text, as in a column of its own. `Date` has told itself by now. */
function jsonMember(_: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Uint8Array || typeof value === "bigint") return textOf(value);
  // Half of a surrogate pair is no text; as text of its own, it becomes the same.
  if (typeof value === "string") return value.replace(/\p{Surrogate}/gu, "\ufffd");
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

function textOf(value: unknown, kind?: IcebergType["kind"]): string | null {
  if (isNull(value)) return null;
  if (typeof value === "number") return numberText(value, kind);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return String(value);
}
