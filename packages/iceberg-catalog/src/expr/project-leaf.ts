import { applyTransform, transformResultType } from "../spec/apply-transform.ts";
import { compareValues } from "../spec/compare-values.ts";
import type { Datum } from "../spec/manifest.ts";
import type { Transform } from "../spec/transform.ts";
import type { PrimitiveType } from "../spec/types.ts";
import { type BoundLeaf, type BoundPredicate, type ColumnTerm, either, type PartitionTerm } from "./bound-predicate.ts";

type ColumnLeaf = BoundLeaf<ColumnTerm>;
type PartitionPredicate = BoundPredicate<PartitionTerm>;

const noConstraint: PartitionPredicate = { op: "true" };

/** What a leaf over a column asks of its partition value: true wherever a row of the partition may satisfy the leaf. */
export function projectLeaf(leaf: ColumnLeaf, transform: Transform, position: number): PartitionPredicate {
  const type = transformResultType(transform, leaf.term.type);
  if (type === undefined || transform.kind === "void") return noConstraint;
  const term: PartitionTerm = { position, type };
  switch (leaf.op) {
    case "is-null":
    case "not-null":
      // Every transform maps null to null, and nothing else.
      return { op: leaf.op, term };
    case "is-nan":
    case "not-nan":
      return transform.kind === "identity" ? { op: leaf.op, term } : noConstraint;
    default:
      return projectValues(leaf, transform, term);
  }
}

type ValueLeaf = Exclude<ColumnLeaf, { readonly op: "is-null" | "not-null" | "is-nan" | "not-nan" }>;

function projectValues(leaf: ValueLeaf, transform: Transform, term: PartitionTerm): PartitionPredicate {
  switch (transform.kind) {
    case "identity":
      return { ...leaf, term };
    case "bucket":
      return projectEquality(leaf, transform, term);
    case "truncate":
      if (leaf.op === "starts-with" || leaf.op === "not-starts-with") {
        return projectPrefix(leaf.op, String(leaf.value), transform.width, term);
      }
      return toleratingOverflow(leaf, projectOrdered(leaf, transform, term), transform.width);
    case "year":
    case "month":
    case "day":
    case "hour":
      return toleratingOldWriters(projectOrdered(leaf, transform, term), leaf.term.type);
    case "void":
    case "unknown":
      return noConstraint;
  }
}

function projectEquality(leaf: ValueLeaf, transform: Transform, term: PartitionTerm): PartitionPredicate {
  if (leaf.op === "eq") return { op: "eq", term, value: transformed(leaf, transform, leaf.value) };
  if (leaf.op !== "in") return noConstraint;
  return { op: "in", term, values: leaf.values.map((value) => transformed(leaf, transform, value)) };
}

/** For transforms that keep the order: x < v means f(x) <= f(v), and f(v - 1) where there is a next smaller value. */
function projectOrdered(leaf: ValueLeaf, transform: Transform, term: PartitionTerm): PartitionPredicate {
  switch (leaf.op) {
    case "lt":
      return { op: "lt-eq", term, value: transformed(leaf, transform, neighbour(leaf.value, -1)) };
    case "lt-eq":
      return { op: "lt-eq", term, value: transformed(leaf, transform, leaf.value) };
    case "gt":
      return { op: "gt-eq", term, value: transformed(leaf, transform, neighbour(leaf.value, 1)) };
    case "gt-eq":
      return { op: "gt-eq", term, value: transformed(leaf, transform, leaf.value) };
    default:
      return projectEquality(leaf, transform, term);
  }
}

/** A truncated string decides about prefixes up to its width. */
function projectPrefix(
  op: "starts-with" | "not-starts-with",
  prefix: string,
  width: number,
  term: PartitionTerm,
): PartitionPredicate {
  const length = [...prefix].length;
  if (length < width) return { op, term, value: prefix };
  if (op === "starts-with") return { op: "eq", term, value: [...prefix].slice(0, width).join("") };
  return length === width ? { op: "not-eq", term, value: prefix } : noConstraint;
}

const largest = { int: 2 ** 31 - 1, long: 2n ** 63n - 1n } as const;

/** The smallest ints and longs cannot be rounded down: their partition values wrap around to the largest there are. */
function toleratingOverflow(leaf: ValueLeaf, predicate: PartitionPredicate, width: number): PartitionPredicate {
  if (!("value" in leaf && "value" in predicate)) return predicate;
  const { op, term, value } = predicate;
  const { kind } = term.type;
  if (kind !== "int" && kind !== "long") return predicate;
  if (op === "lt-eq") return either(predicate, { op: "gt", term, value: neighbour(largest[kind], -width) });
  const isWrapped = compareValues(value, neighbour(leaf.value, 1)) > 0;
  return op === "gt-eq" && isWrapped ? noConstraint : predicate;
}

/**
 * Writers once rounded times before 1970 toward zero, one unit too high: what is negative may stand one higher.
 * Only a date's day was always right.
 */
function toleratingOldWriters(predicate: PartitionPredicate, source: PrimitiveType): PartitionPredicate {
  if (!("term" in predicate) || (source.kind === "date" && predicate.term.type.kind === "date")) return predicate;
  const { term } = predicate;
  switch (predicate.op) {
    case "lt-eq":
      return isNegative(predicate.value) ? { op: "lt-eq", term, value: predicate.value + 1 } : predicate;
    case "eq":
      return { op: "in", term, values: withNext(predicate.value) };
    case "in":
      return { op: "in", term, values: predicate.values.flatMap(withNext) };
    default:
      return predicate;
  }
}

const isNegative = (value: Datum): value is number => typeof value === "number" && value < 0;
const withNext = (value: Datum): readonly Datum[] => (isNegative(value) ? [value, value + 1] : [value]);

function neighbour(value: Datum, step: number): Datum {
  if (typeof value === "number") return value + step;
  return typeof value === "bigint" ? value + BigInt(step) : value;
}

function transformed(leaf: ColumnLeaf, transform: Transform, value: Datum): Datum {
  return applyTransform(transform, leaf.term.type, value) ?? value;
}
