import { IcecoreError } from "../errors.ts";

/** JavaScript values by column. */
export type ValueColumns = Readonly<Record<string, readonly unknown[]>>;

/** Rows as JavaScript values, by column or one by one. */
export type PushedColumns =
  | { readonly columns: ValueColumns }
  | { readonly rows: readonly Readonly<Record<string, unknown>>[] };

export function toColumns(input: PushedColumns): ValueColumns {
  if ("columns" in input) return input.columns;
  const names = [...new Set(input.rows.flatMap((row) => Object.keys(row)))];
  return Object.fromEntries(names.map((name) => [name, input.rows.map((row) => row[name])]));
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

/** How a column's values are written: one by one, as JSON, or, where all are null, as either. */
export type ColumnForm = "single" | "json" | "nulls";

export function columnForms(columns: ValueColumns): ReadonlyMap<string, ColumnForm> {
  return new Map(Object.entries(columns).map(([name, values]) => [name, columnForm(values)]));
}

export function columnForm(values: readonly unknown[]): ColumnForm {
  if (values.some(isNested)) return "json";
  return values.every(isNull) ? "nulls" : "single";
}

export const isNull = (value: unknown): value is null | undefined => value === null || value === undefined;

function isNested(value: unknown): boolean {
  return typeof value === "object" && value !== null && !(value instanceof Date) && !(value instanceof Uint8Array);
}
