import { transformResultType } from "../spec/apply-transform.ts";
import { compareValues } from "../spec/compare-values.ts";
import type { PartitionSpec } from "../spec/partition-spec.ts";
import type { Transform } from "../spec/transform.ts";
import {
  type BoundLeaf,
  type BoundPredicate,
  both,
  type ColumnTerm,
  either,
  type PartitionTerm,
} from "./bound-predicate.ts";
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
type ValueLeaf = Exclude<ColumnLeaf, { readonly op: "is-null" | "not-null" | "is-nan" | "not-nan" }>;

const noPromise: PartitionPredicate = { op: "false" };

/**
 * What has to hold of a partition so that each of its rows satisfies the leaf (spec, "Scan Planning", strict projection);
 * never true where that is not sure.
 */
export function projectStrict(leaf: ColumnLeaf, spec: PartitionSpec): PartitionPredicate {
  return spec.fields
    .map(({ sourceId, transform }, position) =>
      sourceId === leaf.term.fieldId ? projectLeaf(leaf, transform, position) : noPromise,
    )
    .reduce(either, noPromise);
}

function projectLeaf(leaf: ColumnLeaf, transform: Transform, position: number): PartitionPredicate {
  const type = transformResultType(transform, leaf.term.type);
  if (type === undefined || transform.kind === "void") return noPromise;
  const term: PartitionTerm = { position, type };
  switch (leaf.op) {
    case "is-null":
    case "not-null":
      // Every transform maps null to null, and nothing else.
      return { op: leaf.op, term };
    case "is-nan":
    case "not-nan":
      return transform.kind === "identity" ? { op: leaf.op, term } : noPromise;
    default:
      return projectValues(leaf, transform, term);
  }
}

function projectValues(leaf: ValueLeaf, transform: Transform, term: PartitionTerm): PartitionPredicate {
  switch (transform.kind) {
    case "identity":
      return { ...leaf, term };
    case "bucket":
      return projectDifference(leaf, transform, term);
    case "truncate":
      if (leaf.op === "starts-with" || leaf.op === "not-starts-with") {
        return projectPrefix(leaf.op, String(leaf.value), transform.width, term);
      }
      return withoutOverflow(leaf, projectOrdered(leaf, transform, term), transform.width);
    case "year":
    case "month":
    case "day":
    case "hour":
      return withoutOldWriters(leaf, projectOrdered(leaf, transform, term));
    case "void":
    case "unknown":
      return noPromise;
  }
}

/** Rows in another partition than a value's own are not that value. */
function projectDifference(leaf: ValueLeaf, transform: Transform, term: PartitionTerm): PartitionPredicate {
  if (leaf.op === "not-eq") return { op: "not-eq", term, value: transformed(leaf, transform, leaf.value) };
  if (leaf.op !== "not-in") return noPromise;
  return { op: "not-in", term, values: leaf.values.map((value) => transformed(leaf, transform, value)) };
}

/** For transforms that keep the order: f(x) < f(v) means x < v, and x <= v is x < v + 1 where there is a next value. */
function projectOrdered(leaf: ValueLeaf, transform: Transform, term: PartitionTerm): PartitionPredicate {
  switch (leaf.op) {
    case "lt":
      return { op: "lt", term, value: transformed(leaf, transform, leaf.value) };
    case "lt-eq":
      return { op: "lt", term, value: transformed(leaf, transform, neighbour(leaf.value, 1)) };
    case "gt":
      return { op: "gt", term, value: transformed(leaf, transform, leaf.value) };
    case "gt-eq":
      return { op: "gt", term, value: transformed(leaf, transform, neighbour(leaf.value, -1)) };
    default:
      return projectDifference(leaf, transform, term);
  }
}

/** A truncated string decides about prefixes up to its width, and rules out longer ones. */
function projectPrefix(
  op: "starts-with" | "not-starts-with",
  prefix: string,
  width: number,
  term: PartitionTerm,
): PartitionPredicate {
  const codePoints = [...prefix];
  if (codePoints.length <= width) return { op, term, value: prefix };
  return op === "starts-with" ? noPromise : { op: "not-eq", term, value: codePoints.slice(0, width).join("") };
}

/** The smallest ints and longs cannot be rounded down: their partition values wrap around to the largest there are. */
function withoutOverflow(leaf: ValueLeaf, predicate: PartitionPredicate, width: number): PartitionPredicate {
  if (!("value" in leaf && "value" in predicate)) return predicate;
  const largest = largestWhole(predicate.term.type);
  if (largest === undefined) return predicate;
  const isWrapped = compareValues(predicate.value, neighbour(leaf.value, 1)) > 0;
  switch (predicate.op) {
    case "lt":
      return isWrapped ? noPromise : predicate;
    case "gt":
      return both(predicate, { op: "lt-eq", term: predicate.term, value: neighbour(largest, -width) });
    default:
      return predicate;
  }
}

/** What is negative may stand one higher than it should: see `roundsOldWritersUp`. */
function withoutOldWriters(leaf: ValueLeaf, predicate: PartitionPredicate): PartitionPredicate {
  if (!("term" in predicate) || !roundsOldWritersUp(leaf.term.type, predicate.term.type)) return predicate;
  switch (predicate.op) {
    case "gt":
      return isBefore1970(predicate.value) ? { ...predicate, value: predicate.value + 1 } : predicate;
    case "not-eq":
      return { op: "not-in", term: predicate.term, values: withNextBefore1970(predicate.value) };
    case "not-in":
      return { ...predicate, values: predicate.values.flatMap(withNextBefore1970) };
    default:
      return predicate;
  }
}
