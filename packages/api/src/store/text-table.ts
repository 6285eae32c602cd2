import { Table, Utf8, vectorFromArray } from "apache-arrow";
import { IcecoreError } from "../errors.ts";

/** Rows as JavaScript values, by column or one by one. */
export type PushedColumns =
  | { readonly columns: Readonly<Record<string, readonly unknown[]>> }
  | { readonly rows: readonly Readonly<Record<string, unknown>>[] };

/**
 * The values as text, as a CSV file would have them: where they go, they are converted and checked by the types there.
 * @throws IcecoreError `ARGUMENT_INVALID` when columns differ in length
 */
export function textTable(input: PushedColumns): Table {
  const columns = "columns" in input ? input.columns : toColumns(input.rows);
  const [first, ...others] = Object.entries(columns);
  if (first === undefined)
    throw new IcecoreError("ARGUMENT_INVALID", "the rows have no columns; give at least one row");
  const unequal = others.find(([, values]) => values.length !== first[1].length);
  if (unequal !== undefined) {
    throw new IcecoreError(
      "ARGUMENT_INVALID",
      `column "${unequal[0]}" has ${unequal[1].length} values where "${first[0]}" has ${first[1].length}; give one per row in each`,
    );
  }
  const texts = Object.entries(columns).map(([name, values]) => [
    name,
    vectorFromArray(values.map(textOf), new Utf8()),
  ]);
  return new Table(Object.fromEntries(texts));
}

function toColumns(rows: readonly Readonly<Record<string, unknown>>[]): Record<string, readonly unknown[]> {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]));
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
