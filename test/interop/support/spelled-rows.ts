import type { IcebergType, NestedField, Schema } from "@icecore/iceberg-catalog";
import { quotedIdentifier } from "@icecore/iceberg-catalog/duckdb";

/** A value spelled so that two engines spell equal ones alike and different ones apart; see `spelled` in `spark.py`. */
export type Spelled = string | boolean | null | readonly Spelled[] | { readonly [field: string]: Spelled };
export type SpelledRow = { readonly [column: string]: Spelled };

/** The SELECT that spells the rows of another one, each as JSON in the column `spelled`. */
export function spelledSelect({ fields }: Pick<Schema, "fields">, select: string): string {
  return `SELECT CAST(to_json(${spelledStruct(fields, (name) => `r.${name}`)}) AS VARCHAR) AS spelled FROM (${select}) r`;
}

/** What comes as JSON from either side; floats and decimals are compared as the numbers they are. */
export function parseSpelled(json: string): unknown {
  return JSON.parse(json, (_, value: unknown) => {
    if (isMap(value)) return sorted(value);
    if (typeof value !== "string") return value;
    if (value.startsWith("decimal ")) return value.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
    return value.startsWith("double ") ? spelledDouble(value.slice(7)) : value;
  });
}

/** The entries of a map have no order. */
const isMap = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && value.every((item) => item !== null && Object.keys(item as object).join() === "key,value");

function spelledDouble(text: string): string {
  const infinity = /^(-?)inf$/.exec(text);
  const number = infinity === null ? Number(text) : Number(`${infinity[1]}Infinity`);
  return `double ${Object.is(number, -0) ? "-0" : number}`;
}

/** In an order of their own, since engines read in none. */
export function sorted<Row>(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function spelled(type: IcebergType, sql: string): string {
  switch (type.kind) {
    case "boolean":
      return sql;
    case "float":
    case "double":
      return `'double ' || CAST(CAST(${sql} AS DOUBLE) AS VARCHAR)`;
    case "decimal":
      return `'decimal ' || CAST(${sql} AS VARCHAR)`;
    case "date":
      return `CAST(CAST(${sql} AS DATE) - DATE '1970-01-01' AS VARCHAR)`;
    case "time":
    case "timestamp":
    case "timestamptz":
      return `CAST(epoch_us(${sql}) AS VARCHAR)`;
    case "binary":
    case "fixed":
      return `lower(hex(${sql}))`;
    case "struct":
      return `CASE WHEN ${sql} IS NOT NULL THEN ${spelledStruct(type.fields, (name) => `(${sql}).${name}`)} END`;
    case "list":
      return `list_transform(${sql}, lambda x${depth(sql)}: ${spelled(type.element, `x${depth(sql)}`)})`;
    case "map": {
      const entry = `e${depth(sql)}`;
      const [key, value] = [spelled(type.key, `${entry}.key`), spelled(type.value, `${entry}.value`)];
      return `list_transform(map_entries(${sql}), lambda ${entry}: {'key': ${key}, 'value': ${value}})`;
    }
    default:
      return `CAST(${sql} AS VARCHAR)`;
  }
}

/** Tells the variables of lambdas within lambdas apart. */
const depth = (sql: string): number => sql.length;

function spelledStruct(fields: readonly NestedField[], at: (name: string) => string): string {
  const members = fields.map(({ name, type }) => {
    const quoted = quotedIdentifier(name);
    return `${quoted} := ${spelled(type, at(quoted))}`;
  });
  return `struct_pack(${members.join(", ")})`;
}
