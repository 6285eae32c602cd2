import {
  type Datum,
  humanValue,
  isPrimitive,
  type Predicate,
  requireField,
  type Schema,
} from "@icecore/iceberg-catalog";

const operators = { lt: "<", "lt-eq": "<=", gt: ">", "gt-eq": ">=", eq: "=", "not-eq": "<>" } as const;
const suffixes = {
  "is-null": "IS NULL",
  "not-null": "IS NOT NULL",
  "is-nan": "IS NAN",
  "not-nan": "IS NOT NAN",
} as const;

/** Values that a list shows; of longer ones only how many there are. */
const listed = 5;

/** A predicate for people: `event_timestamp >= 2026-01-01T00:00:00+00:00 AND driver_id IN (1, 2)`. */
export function predicateText(predicate: Predicate, schema: Schema): string {
  switch (predicate.op) {
    case "true":
    case "false":
      return predicate.op;
    case "and":
      return `${operand(predicate.left, schema)} AND ${operand(predicate.right, schema)}`;
    case "or":
      return `${operand(predicate.left, schema)} OR ${operand(predicate.right, schema)}`;
    case "not":
      return `NOT (${predicateText(predicate.child, schema)})`;
    case "in":
    case "not-in":
      return `${predicate.column} ${predicate.op === "in" ? "IN" : "NOT IN"} (${valuesText(predicate.column, predicate.values, schema)})`;
    case "starts-with":
    case "not-starts-with":
      return `${predicate.column} ${predicate.op === "starts-with" ? "LIKE" : "NOT LIKE"} '${predicate.value}%'`;
    case "is-null":
    case "not-null":
    case "is-nan":
    case "not-nan":
      return `${predicate.column} ${suffixes[predicate.op]}`;
    default:
      return `${predicate.column} ${operators[predicate.op]} ${valueText(predicate.column, predicate.value, schema)}`;
  }
}

function operand(predicate: Predicate, schema: Schema): string {
  const inner = predicateText(predicate, schema);
  return predicate.op === "or" ? `(${inner})` : inner;
}

function valuesText(column: string, values: readonly Datum[], schema: Schema): string {
  const shown = values.slice(0, listed).map((value) => valueText(column, value, schema));
  return values.length > listed ? `${shown.join(", ")} and ${values.length - listed} more` : shown.join(", ");
}

function valueText(column: string, value: Datum, schema: Schema): string {
  const { type } = requireField(schema, column);
  const readable = isPrimitive(type) ? humanValue(type, value) : String(value);
  return typeof value === "string" ? `'${readable}'` : readable;
}
