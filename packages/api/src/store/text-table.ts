import { jsonFieldMetadata } from "@icecore/iceberg-catalog/duckdb";
import { type Data, Field, makeData, RecordBatch, Schema, Struct, Table, Utf8, vectorFromArray } from "apache-arrow";
import { IcecoreError } from "../errors.ts";

/** JavaScript values by column. */
export type ValueColumns = Readonly<Record<string, readonly unknown[]>>;

/** Rows as JavaScript values, by column or one by one. */
export type PushedColumns =
  | { readonly columns: ValueColumns }
  | { readonly rows: readonly Readonly<Record<string, unknown>>[] };

/**
 * The values as text, as a CSV file would have them, or, where arrays and objects are among them, as JSON: where they go, they
 * are converted and checked by the types there.
 * @throws IcecoreError `ARGUMENT_INVALID` when columns differ in length, or there is none
 */
export function textTable(input: PushedColumns): Table {
  const columns = "columns" in input ? input.columns : toColumns(input.rows);
  const length = countValues(columns);
  const fields = Object.entries(columns).map(([name, values]) => textField(name, values));
  const children = Object.values(columns).map((values, index) => textData(values, fields[index]));
  const schema = new Schema(fields);
  return new Table([
    new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, nullCount: 0, children })),
  ]);
}

/**
 * How many values each column has.
 * @throws IcecoreError `ARGUMENT_INVALID` when they differ, there is no column, or two are called alike but for case
 */
export function countValues(columns: ValueColumns): number {
  const [first, ...others] = Object.entries(columns);
  if (first === undefined)
    throw new IcecoreError("ARGUMENT_INVALID", "the rows have no columns; give at least one row");
  const names = new Map<string, string>();
  for (const name of Object.keys(columns)) {
    const alike = names.get(name.toLowerCase());
    if (alike !== undefined) {
      const mend = "they differ in case only; leave one out";
      throw new IcecoreError("ARGUMENT_INVALID", `there are columns "${alike}" and "${name}"; ${mend}`);
    }
    names.set(name.toLowerCase(), name);
  }
  const unequal = others.find(([, values]) => values.length !== first[1].length);
  if (unequal !== undefined) {
    throw new IcecoreError(
      "ARGUMENT_INVALID",
      `column "${unequal[0]}" has ${unequal[1].length} values where "${first[0]}" has ${first[1].length}; give one per row in each`,
    );
  }
  return first[1].length;
}

/** How a column's values are written: as text, as JSON, or, where all are null, as either. */
export type ColumnForm = "text" | "json" | "nulls";

export function columnForms(columns: ValueColumns): ReadonlyMap<string, ColumnForm> {
  return new Map(Object.entries(columns).map(([name, values]) => [name, columnForm(values)]));
}

function columnForm(values: readonly unknown[]): ColumnForm {
  if (values.some(isNested)) return "json";
  return values.every((value) => value === null || value === undefined) ? "nulls" : "text";
}

/** A column of nulls is JSON, too: that may be of any type, and text of none that is nested. */
function textField(name: string, values: readonly unknown[]): Field {
  return new Field(name, new Utf8(), true, columnForm(values) === "text" ? undefined : new Map(jsonFieldMetadata));
}

function textData(values: readonly unknown[], field: Field | undefined): Data {
  const isJson = field !== undefined && field.metadata.size > 0;
  const texts = values.map(isJson ? jsonOf : textOf);
  return vectorFromArray(texts, new Utf8()).data[0] ?? makeData({ type: new Utf8(), length: 0 });
}

function isNested(value: unknown): boolean {
  return typeof value === "object" && value !== null && !(value instanceof Date) && !(value instanceof Uint8Array);
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

function toColumns(rows: readonly Readonly<Record<string, unknown>>[]): ValueColumns {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]));
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return String(value);
}
