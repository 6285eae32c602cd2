import { IcebergError } from "../errors.ts";
import { bindLiteral } from "../expr/bind-literal.ts";
import type { Predicate } from "../expr/predicate.ts";
import { type PositivePredicate, rewriteNot } from "../expr/rewrite-not.ts";
import type { Datum } from "../spec/manifest.ts";
import { requireField, type Schema } from "../spec/schema.ts";
import { isPrimitive, type PrimitiveType } from "../spec/types.ts";
import { columnPath } from "./column-path.ts";
import { valueLiteral } from "./value-sql.ts";

/**
 * A predicate as an SQL condition to stand after WHERE, over a relation that has the schema's columns. DuckDB orders NaN
 * above all numbers; here it is in no order, as it is where scans are planned (see `Predicate`).
 *
 * @throws IcebergError `INVALID_ARGUMENT` for a column that is not there or a value that does not fit it
 */
export function predicateSql(predicate: Predicate, schema: Schema): string {
  return positiveSql(rewriteNot(predicate), schema);
}

/** Without NOT, what is unknown may be false: no row is kept for either. */
function positiveSql(predicate: PositivePredicate, schema: Schema): string {
  switch (predicate.op) {
    case "true":
    case "false":
      return predicate.op;
    case "and":
    case "or":
      return `(${positiveSql(predicate.left, schema)} ${predicate.op.toUpperCase()} ${positiveSql(predicate.right, schema)})`;
    case "is-null":
      return `(${columnSql(schema, predicate.column)} IS NULL)`;
    case "not-null":
      return `(${columnSql(schema, predicate.column)} IS NOT NULL)`;
    case "is-nan":
      return `isnan(${columnSql(schema, predicate.column)})`;
    case "not-nan":
      return `(isnan(${columnSql(schema, predicate.column)}) IS NOT TRUE)`;
    case "starts-with":
      return startsWith(predicate.column, predicate.value, schema);
    case "not-starts-with":
      return `(NOT ${startsWith(predicate.column, predicate.value, schema)})`;
    case "in":
    case "not-in":
      return membership(predicate.column, predicate.values, predicate.op === "in", schema);
    default:
      return comparison(predicate.op, predicate.column, predicate.value, schema);
  }
}

const columnSql = (schema: Schema, column: string): string => columnPath(schema, requireField(schema, column).id);

const operators = { lt: "<", "lt-eq": "<=", gt: ">", "gt-eq": ">=", eq: "=", "not-eq": "<>" } as const;

function comparison(op: keyof typeof operators, column: string, value: Datum, schema: Schema): string {
  const { sql, type } = comparedColumn(schema, column);
  const literal = bindLiteral(column, type, value);
  if ("outside" in literal) {
    const matches = literal.outside === "above" ? op.startsWith("lt") : op.startsWith("gt");
    // Still unknown where the column is null.
    return `(CASE WHEN ${sql} IS NOT NULL THEN ${matches || op === "not-eq"} END)`;
  }
  const compared = `${sql} ${operators[op]} ${valueLiteral(type, literal.value)}`;
  return op !== "not-eq" && isFloating(type) ? `(${compared} AND NOT isnan(${sql}))` : `(${compared})`;
}

function membership(column: string, values: readonly Datum[], isIn: boolean, schema: Schema): string {
  const { sql, type } = comparedColumn(schema, column);
  const literals = values.flatMap((value) => {
    const literal = bindLiteral(column, type, value);
    return "outside" in literal ? [] : [valueLiteral(type, literal.value)];
  });
  if (literals.length === 0) return `(CASE WHEN ${sql} IS NOT NULL THEN ${!isIn} END)`;
  return `(${sql} ${isIn ? "IN" : "NOT IN"} (${literals.join(", ")}))`;
}

function startsWith(column: string, value: Datum, schema: Schema): string {
  const { sql, type } = comparedColumn(schema, column);
  if (type.kind !== "string" || typeof value !== "string") {
    throw new IcebergError("INVALID_ARGUMENT", `column "${column}" is ${type.kind}: only text starts with something`);
  }
  return `starts_with(${sql}, ${valueLiteral(type, value)})`;
}

function comparedColumn(schema: Schema, column: string): { readonly sql: string; readonly type: PrimitiveType } {
  const { type } = requireField(schema, column);
  if (isPrimitive(type)) return { sql: columnSql(schema, column), type };
  throw new IcebergError(
    "INVALID_ARGUMENT",
    `column "${column}" is a ${type.kind}, which is not compared with a value`,
  );
}

const isFloating = ({ kind }: PrimitiveType): boolean => kind === "float" || kind === "double";
