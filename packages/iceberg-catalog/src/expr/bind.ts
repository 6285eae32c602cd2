import { IcebergError } from "../errors.ts";
import { requireField, type Schema } from "../spec/schema.ts";
import { isPrimitive, type NestedField, typeToString } from "../spec/types.ts";
import { bindLiteral } from "./bind-literal.ts";
import { type BoundPredicate, both, type ColumnTerm, either } from "./bound-predicate.ts";
import type { Predicate } from "./predicate.ts";
import { type PositivePredicate, rewriteNot } from "./rewrite-not.ts";

/**
 * Resolves a filter's columns by their names in the schema, its literals to their types, and every `not` away.
 * @throws IcebergError `INVALID_ARGUMENT` for a column that is not there or cannot be filtered by, or a wrong literal
 */
export function bind(predicate: Predicate, schema: Schema): BoundPredicate<ColumnTerm> {
  return bindPositive(rewriteNot(predicate), schema);
}

function bindPositive(predicate: PositivePredicate, schema: Schema): BoundPredicate<ColumnTerm> {
  switch (predicate.op) {
    case "true":
    case "false":
      return predicate;
    case "and":
      return both(bindPositive(predicate.left, schema), bindPositive(predicate.right, schema));
    case "or":
      return either(bindPositive(predicate.left, schema), bindPositive(predicate.right, schema));
    default:
      return bindLeaf(predicate, termOf(schema, predicate.column));
  }
}

type Leaf = Exclude<PositivePredicate, { readonly op: "true" | "false" | "and" | "or" }>;

function bindLeaf(leaf: Leaf, term: ColumnTerm): BoundPredicate<ColumnTerm> {
  switch (leaf.op) {
    case "is-null":
    case "not-null":
      return { op: leaf.op, term };
    case "is-nan":
    case "not-nan":
      return bindNan(leaf.op, leaf.column, term);
    case "in":
    case "not-in":
      return bindSet(leaf, term);
    case "starts-with":
    case "not-starts-with":
      if (term.type.kind !== "string") throw unfit(leaf.column, term, "has no prefix");
      return bindComparison(leaf, term);
    default:
      return bindComparison(leaf, term);
  }
}

function bindComparison(
  leaf: Extract<Leaf, { readonly value: unknown }>,
  term: ColumnTerm,
): BoundPredicate<ColumnTerm> {
  const literal = bindLiteral(leaf.column, term.type, leaf.value);
  if ("value" in literal) return { op: leaf.op, term, value: literal.value };
  const holds = leaf.op === "not-eq" || (literal.outside === "above" ? isLess(leaf.op) : isGreater(leaf.op));
  return holds ? { op: "not-null", term } : { op: "false" };
}

function bindSet(leaf: Extract<Leaf, { readonly values: unknown }>, term: ColumnTerm): BoundPredicate<ColumnTerm> {
  const literals = leaf.values.map((value) => bindLiteral(leaf.column, term.type, value));
  const values = literals.flatMap((literal) => ("value" in literal ? [literal.value] : []));
  if (values.length > 0) return { op: leaf.op, term, values };
  return leaf.op === "in" ? { op: "false" } : { op: "not-null", term };
}

function bindNan(op: "is-nan" | "not-nan", column: string, term: ColumnTerm): BoundPredicate<ColumnTerm> {
  if (term.type.kind !== "float" && term.type.kind !== "double") throw unfit(column, term, "is never NaN");
  return { op, term };
}

const isLess = (op: string): boolean => op === "lt" || op === "lt-eq";
const isGreater = (op: string): boolean => op === "gt" || op === "gt-eq";

function termOf(schema: Schema, column: string): ColumnTerm {
  const { id, type } = requireField(schema, column);
  if (!isPrimitive(type)) {
    throw new IcebergError("INVALID_ARGUMENT", `column "${column}" is ${typeToString(type)}; filter by a field in it`);
  }
  if (!isOncePerRow(schema.fields, id)) {
    throw new IcebergError(
      "INVALID_ARGUMENT",
      `column "${column}" is inside a list or a map, which filters cannot reach`,
    );
  }
  return { column, fieldId: id, type };
}

/** Whether the field is reached through structs alone; statistics inside lists and maps do not count rows. */
function isOncePerRow(fields: readonly NestedField[], id: NestedField["id"]): boolean {
  return fields.some(
    (field) => field.id === id || (field.type.kind === "struct" && isOncePerRow(field.type.fields, id)),
  );
}

const unfit = (column: string, term: ColumnTerm, why: string): IcebergError =>
  new IcebergError("INVALID_ARGUMENT", `column "${column}" is ${typeToString(term.type)} and ${why}`);
