import {
  alwaysTrue,
  and,
  type Datum,
  equalTo,
  greaterThan,
  greaterThanOrEqual,
  isIn,
  isNan,
  isNull,
  lessThan,
  lessThanOrEqual,
  notEqualTo,
  notIn,
  notNull,
  notStartsWith,
  or,
  type Predicate,
  type PrimitiveType,
  startsWith,
} from "@icecore/iceberg-catalog";
import { child, childrenOf, type SqlNode, text } from "../sql-tree.ts";
import { type ConstantValue, isConstant } from "./constants.ts";

/** A column that a condition may be about. */
export interface ConditionColumn {
  readonly name: string;
  readonly type: PrimitiveType;
}

/** What an expression's names mean to one table. */
export interface Meaning {
  /** The table's column that a `COLUMN_REF` names; undefined where it names another's, or may do so. */
  readonly columnOf: (columnRef: SqlNode) => ConditionColumn | undefined;
  readonly constantValue: ConstantValue;
}

/**
 * What must be so of a table's row where a condition is true, or, `negated`, where it is false: never more than that, so
 * that rows of which it is not so can be left out. What is not understood implies nothing.
 */
export function impliedPredicate(condition: SqlNode, meaning: Meaning, negated = false): Predicate {
  const implied = (node: SqlNode, flip = negated) => impliedPredicate(node, meaning, flip);
  const children = childrenOf(condition, "children");
  switch (condition["type"]) {
    case "CONJUNCTION_AND":
    case "CONJUNCTION_OR": {
      const isAnd = (condition["type"] === "CONJUNCTION_AND") !== negated;
      return isAnd ? allOf(children.map((node) => implied(node))) : anyOf(children.map((node) => implied(node)));
    }
    case "OPERATOR_NOT":
      return children[0] === undefined ? alwaysTrue : implied(children[0], !negated);
    case "COMPARE_BETWEEN":
      return between(condition, meaning, negated);
    case "COMPARE_IN":
      return membership(children, meaning, !negated);
    case "COMPARE_NOT_IN":
      return membership(children, meaning, negated);
    case "OPERATOR_IS_NULL":
      return presence(children[0], meaning, negated);
    case "OPERATOR_IS_NOT_NULL":
      return presence(children[0], meaning, !negated);
    case "FUNCTION":
      return likeness(condition, meaning, negated);
    case "COLUMN_REF":
      return truth(condition, meaning, !negated);
    default:
      return comparison(condition, meaning, negated);
  }
}

const allOf = (predicates: readonly Predicate[]): Predicate => and(...predicates.filter(({ op }) => op !== "true"));
const anyOf = (predicates: readonly Predicate[]): Predicate =>
  predicates.some(({ op }) => op === "true") ? alwaysTrue : or(...predicates);

type Operator = "<" | "<=" | ">" | ">=" | "=" | "<>";

const operators: Readonly<Record<string, Operator>> = {
  COMPARE_LESSTHAN: "<",
  COMPARE_LESSTHANOREQUALTO: "<=",
  COMPARE_GREATERTHAN: ">",
  COMPARE_GREATERTHANOREQUALTO: ">=",
  COMPARE_EQUAL: "=",
  COMPARE_NOTEQUAL: "<>",
};
const negations: Readonly<Record<Operator, Operator>> = {
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
  "=": "<>",
  "<>": "=",
};
const mirrored: Readonly<Record<Operator, Operator>> = {
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
  "=": "=",
  "<>": "<>",
};

function comparison(condition: SqlNode, meaning: Meaning, negated: boolean): Predicate {
  const operator = operators[text(condition, "type")];
  const [left, right] = [child(condition, "left"), child(condition, "right")];
  if (operator === undefined || left === undefined || right === undefined) return alwaysTrue;
  const asked = negated ? negations[operator] : operator;
  return isConstant(left) ? compared(right, mirrored[asked], left, meaning) : compared(left, asked, right, meaning);
}

const builders: Readonly<Record<Operator, (column: string, value: Datum) => Predicate>> = {
  "<": lessThan,
  "<=": lessThanOrEqual,
  ">": greaterThan,
  ">=": greaterThanOrEqual,
  "=": equalTo,
  "<>": notEqualTo,
};

function compared(reference: SqlNode, operator: Operator, constant: SqlNode, meaning: Meaning): Predicate {
  const column = columnOf(reference, meaning);
  const value = column && constantOf(constant, column, meaning);
  if (column === undefined || value === undefined || !isOrdered(column.type, operator)) return alwaysTrue;
  if (column.type.kind !== "double") return builders[operator](column.name, value);
  return comparedDouble(column.name, operator, Number(value));
}

/** To DuckDB NaN is greater than all numbers, of which the bounds of files do not tell. */
function comparedDouble(column: string, operator: Operator, value: number): Predicate {
  if (Number.isNaN(value) || operator === "<>") return alwaysTrue;
  const compared = comparedNumber(column, operator, value);
  return operator.startsWith(">") ? or(compared, isNan(column)) : compared;
}

/** Iceberg tells -0 from 0, and SQL does not. */
function comparedNumber(column: string, operator: Exclude<Operator, "<>">, value: number): Predicate {
  if (value !== 0) return builders[operator](column, value);
  if (operator === "=") return and(greaterThanOrEqual(column, -0), lessThanOrEqual(column, 0));
  return operator.startsWith("<") ? lessThanOrEqual(column, 0) : greaterThanOrEqual(column, -0);
}

/** Engines do not agree on which of two UUIDs is less. */
const isOrdered = ({ kind }: PrimitiveType, operator: Operator): boolean =>
  kind !== "uuid" || operator === "=" || operator === "<>";

function between(condition: SqlNode, meaning: Meaning, negated: boolean): Predicate {
  const [input, lower, upper] = ["input", "lower", "upper"].map((member) => child(condition, member));
  if (input === undefined || lower === undefined || upper === undefined) return alwaysTrue;
  const bounds = [
    compared(input, negated ? "<" : ">=", lower, meaning),
    compared(input, negated ? ">" : "<=", upper, meaning),
  ];
  // All three are compared in one type, which an operand that is not understood may choose.
  if (bounds.some(({ op }) => op === "true")) return alwaysTrue;
  return negated ? anyOf(bounds) : allOf(bounds);
}

function membership([reference, ...listed]: readonly SqlNode[], meaning: Meaning, isMember: boolean): Predicate {
  const column = reference && columnOf(reference, meaning);
  if (column === undefined || (column.type.kind === "double" && !isMember)) return alwaysTrue;
  // A null in the list is equal to nothing, and different from nothing.
  const values = listed.filter((item) => !isNullConstant(item)).map((item) => constantOf(item, column, meaning));
  const known = values.filter((value) => value !== undefined);
  if (known.length < values.length || known.length === 0) return alwaysTrue;
  if (column.type.kind === "double")
    return anyOf(known.map((value) => comparedDouble(column.name, "=", Number(value))));
  return isMember ? isIn(column.name, known) : notIn(column.name, known);
}

function isNullConstant(expression: SqlNode): boolean {
  return expression["class"] === "CONSTANT" && child(expression, "value")?.["is_null"] === true;
}

function presence(reference: SqlNode | undefined, meaning: Meaning, isPresent: boolean): Predicate {
  const column = reference && columnOf(reference, meaning);
  if (column === undefined) return alwaysTrue;
  return isPresent ? notNull(column.name) : isNull(column.name);
}

function truth(reference: SqlNode, meaning: Meaning, value: boolean): Predicate {
  const column = columnOf(reference, meaning);
  return column?.type.kind === "boolean" ? equalTo(column.name, value) : alwaysTrue;
}

/** `LIKE`, `NOT LIKE` and `starts_with` of a pattern in quotes. */
function likeness(call: SqlNode, meaning: Meaning, negated: boolean): Predicate {
  const name = text(call, "function_name");
  const [reference, pattern] = childrenOf(call, "children");
  const column = reference && columnOf(reference, meaning);
  const given = pattern?.["class"] === "CONSTANT" ? child(pattern, "value")?.["value"] : undefined;
  if (column?.type.kind !== "string" || typeof given !== "string") return alwaysTrue;
  if (name === "starts_with" || name === "^@") return prefixed(column.name, given, true, negated);
  if (name !== "~~" && name !== "!~~") return alwaysTrue;
  const prefix = given.split(/[%_]/)[0] ?? "";
  const isUnlike = (name === "!~~") !== negated;
  if (prefix === given) return isUnlike ? notEqualTo(column.name, given) : equalTo(column.name, given);
  return prefixed(column.name, prefix, given === `${prefix}%`, isUnlike);
}

/** `isWhole`: the prefix is all that the pattern asks for. */
function prefixed(column: string, prefix: string, isWhole: boolean, negated: boolean): Predicate {
  if (prefix === "" || (negated && !isWhole)) return alwaysTrue;
  return negated ? notStartsWith(column, prefix) : startsWith(column, prefix);
}

function columnOf(expression: SqlNode, { columnOf: find }: Meaning): ConditionColumn | undefined {
  return expression["class"] === "COLUMN_REF" ? find(expression) : undefined;
}

function constantOf(expression: SqlNode, { type }: ConditionColumn, { constantValue }: Meaning): Datum | undefined {
  return isConstant(expression) ? constantValue(expression, type) : undefined;
}
