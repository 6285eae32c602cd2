import type { Schema as TableSchema } from "@icecore/iceberg-catalog";
import { jsonFieldMetadata } from "@icecore/iceberg-catalog/duckdb";
import { type Data, Field, makeData, RecordBatch, Schema, Struct, Table, Utf8, vectorFromArray } from "apache-arrow";
import { typedData } from "./typed-values.ts";
import { columnForm, countValues, type PushedColumns, toColumns } from "./value-columns.ts";

/**
 * The values as Arrow has them, for a table of that schema: those of JavaScript's own that are what their column holds as
 * they are; others as text, as a CSV file would have them, or, where arrays and objects are among them, as JSON: where they
 * go, they are converted and checked by the types there.
 * @throws IcecoreError `ARGUMENT_INVALID` when columns differ in length, or there is none
 */
export function valueTable(input: PushedColumns, { fields }: TableSchema): Table {
  const columns = toColumns(input);
  const length = countValues(columns);
  const types = new Map(fields.map(({ name, type }) => [name, type]));
  const made = Object.entries(columns).map(([name, values]) => {
    const form = columnForm(values);
    const type = types.get(name);
    const typed = form === "single" && type !== undefined ? typedData(values, type) : undefined;
    // A column of nulls is JSON, too: that may be of any type, and text of none that is nested.
    const isJson = form !== "single";
    const data = typed ?? textData(values.map(isJson ? jsonOf : textOf));
    return { field: new Field(name, data.type, true, isJson ? new Map(jsonFieldMetadata) : undefined), data };
  });
  const schema = new Schema(made.map(({ field }) => field));
  const children = made.map(({ data }) => data);
  return new Table([
    new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, nullCount: 0, children })),
  ]);
}

function textData(texts: readonly (string | null)[]): Data {
  return vectorFromArray(texts, new Utf8()).data[0] ?? makeData({ type: new Utf8(), length: 0 });
}

function jsonOf(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value, jsonMember);
}

/** What JSON has no word for is text, as in a column of its own. `Date` has told itself by now. */
function jsonMember(_: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Uint8Array || typeof value === "bigint") return textOf(value);
  // Half of a surrogate pair is no text; as text of its own, it becomes the same.
  if (typeof value === "string") return value.replace(/\p{Surrogate}/gu, "\ufffd");
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return String(value);
}
