import { transformResultType } from "../spec/apply-transform.ts";
import { compareValues } from "../spec/compare-values.ts";
import type { Transform } from "../spec/transform.ts";
import type { PrimitiveType } from "../spec/types.ts";
import { type BoundLeaf, type BoundPredicate, type ColumnTerm, either, type PartitionTerm } from "./bound-predicate.ts";
import {
  isBefore1970,
  largestWhole,
  neighbour,
  roundsOldWritersUp,
  transformed,
  withNextBefore1970,
} from "./partition-values.ts";

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

/** The smallest ints and longs cannot be rounded down: their partition values wrap around to the largest there are. */
function toleratingOverflow(leaf: ValueLeaf, predicate: PartitionPredicate, width: number): PartitionPredicate {
  if (!("value" in leaf && "value" in predicate)) return predicate;
  const { op, term, value } = predicate;
  const largest = largestWhole(term.type);
  if (largest === undefined) return predicate;
  if (op === "lt-eq") return either(predicate, { op: "gt", term, value: neighbour(largest, -width) });
  const isWrapped = compareValues(value, neighbour(leaf.value, 1)) > 0;
  return op === "gt-eq" && isWrapped ? noConstraint : predicate;
}

/** What is negative may stand one higher than it should: see `roundsOldWritersUp`. */
function toleratingOldWriters(predicate: PartitionPredicate, source: PrimitiveType): PartitionPredicate {
  if (!("term" in predicate) || !roundsOldWritersUp(source, predicate.term.type)) return predicate;
  const { term } = predicate;
  switch (predicate.op) {
    case "lt-eq":
      return isBefore1970(predicate.value) ? { op: "lt-eq", term, value: predicate.value + 1 } : predicate;
    case "eq":
      return { op: "in", term, values: withNextBefore1970(predicate.value) };
    case "in":
      return { op: "in", term, values: predicate.values.flatMap(withNextBefore1970) };
    default:
      return predicate;
  }
}
