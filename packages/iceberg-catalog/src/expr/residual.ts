import type { FileFacts } from "../spec/file-facts.ts";
import type { PartitionTuple } from "../spec/manifest.ts";
import type { PartitionSpec } from "../spec/partition-spec.ts";
import { alwaysMatches } from "./always-matches.ts";
import {
  type BoundLeaf,
  type BoundPredicate,
  both,
  type ColumnTerm,
  either,
  type PartitionTerm,
} from "./bound-predicate.ts";
import { columnRange, strictColumnRange } from "./known-ranges.ts";
import { mightMatch } from "./might-match.ts";
import type { Predicate } from "./predicate.ts";
import { projectInclusive } from "./project.ts";
import { projectStrict } from "./project-strict.ts";
import { singleValueRange } from "./value-range.ts";

type ColumnPredicate = BoundPredicate<ColumnTerm>;
type ColumnLeaf = BoundLeaf<ColumnTerm>;

/** The part of a filter that the rows of a partition still have to be asked (spec, "Scan Planning", residual). */
export type PartitionResidual = (partition: PartitionTuple) => ColumnPredicate;

/** Compiles the residuals of a filter for partitions of one spec. */
export function partitionResidual(filter: ColumnPredicate, spec: PartitionSpec): PartitionResidual {
  const projections = new Map<
    ColumnLeaf,
    readonly [strict: BoundPredicate<PartitionTerm>, inclusive: BoundPredicate<PartitionTerm>]
  >();
  const projectionsOf = (leaf: ColumnLeaf) => {
    const known = projections.get(leaf) ?? ([projectStrict(leaf, spec), projectInclusive(leaf, spec)] as const);
    projections.set(leaf, known);
    return known;
  };
  return (partition) => {
    const rangeOf = ({ position }: PartitionTerm) => singleValueRange(partition[position] ?? null);
    return replaceLeaves(filter, (leaf) => {
      const [strict, inclusive] = projectionsOf(leaf);
      return settled(leaf, alwaysMatches(strict, rangeOf), mightMatch(inclusive, rangeOf));
    });
  };
}

/** What is left of a residual when a file's statistics are taken into account too. */
export function fileResidual(residual: ColumnPredicate, file: FileFacts): ColumnPredicate {
  return replaceLeaves(residual, (leaf) =>
    settled(
      leaf,
      alwaysMatches(leaf, (term) => strictColumnRange(file, term)),
      mightMatch(leaf, (term) => columnRange(file, term)),
    ),
  );
}

const settled = (leaf: ColumnLeaf, isAlways: boolean, isPossible: boolean): ColumnPredicate =>
  isAlways ? { op: "true" } : isPossible ? leaf : { op: "false" };

function replaceLeaves(predicate: ColumnPredicate, replace: (leaf: ColumnLeaf) => ColumnPredicate): ColumnPredicate {
  switch (predicate.op) {
    case "true":
    case "false":
      return predicate;
    case "and":
      return both(replaceLeaves(predicate.left, replace), replaceLeaves(predicate.right, replace));
    case "or":
      return either(replaceLeaves(predicate.left, replace), replaceLeaves(predicate.right, replace));
    default:
      return replace(predicate);
  }
}

/** The filter as a caller writes it, over the columns' names. */
export function unbind(predicate: ColumnPredicate): Predicate {
  switch (predicate.op) {
    case "true":
    case "false":
      return predicate;
    case "and":
    case "or":
      return { op: predicate.op, left: unbind(predicate.left), right: unbind(predicate.right) };
    default: {
      const { term, ...leaf } = predicate;
      return { ...leaf, column: term.column };
    }
  }
}
