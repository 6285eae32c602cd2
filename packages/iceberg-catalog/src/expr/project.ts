import type { PartitionSpec } from "../spec/partition-spec.ts";
import {
  type BoundLeaf,
  type BoundPredicate,
  both,
  type ColumnTerm,
  either,
  type PartitionTerm,
} from "./bound-predicate.ts";
import { projectLeaf } from "./project-leaf.ts";

/**
 * The filter as a question about a partition of one spec: false only where no row of the partition can satisfy it (spec,
 * "Scan Planning", inclusive projection). Each manifest is asked through its own spec.
 */
export function projectInclusive(
  predicate: BoundPredicate<ColumnTerm>,
  spec: PartitionSpec,
): BoundPredicate<PartitionTerm> {
  switch (predicate.op) {
    case "true":
    case "false":
      return { op: predicate.op };
    case "and":
      return both(projectInclusive(predicate.left, spec), projectInclusive(predicate.right, spec));
    case "or":
      return either(projectInclusive(predicate.left, spec), projectInclusive(predicate.right, spec));
    default:
      return projectOntoFields(predicate, spec);
  }
}

function projectOntoFields(leaf: BoundLeaf<ColumnTerm>, spec: PartitionSpec): BoundPredicate<PartitionTerm> {
  return spec.fields
    .map((field, position) => ({ field, position }))
    .filter(({ field }) => field.sourceId === leaf.term.fieldId)
    .map(({ field, position }) => projectLeaf(leaf, field.transform, position))
    .reduce(both, { op: "true" });
}
