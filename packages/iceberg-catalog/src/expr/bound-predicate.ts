import type { FieldId } from "../spec/ids.ts";
import type { Datum } from "../spec/manifest.ts";
import type { PrimitiveType } from "../spec/types.ts";

/** A filter without `not`, over columns by id or over the fields of a partition, with literals of their type. */
export type BoundPredicate<Term> =
  | { readonly op: "true" }
  | { readonly op: "false" }
  | { readonly op: "and" | "or"; readonly left: BoundPredicate<Term>; readonly right: BoundPredicate<Term> }
  | BoundLeaf<Term>;

export type BoundLeaf<Term> =
  | { readonly op: "is-null" | "not-null" | "is-nan" | "not-nan"; readonly term: Term }
  | { readonly op: ComparisonOp; readonly term: Term; readonly value: Datum }
  | { readonly op: "in" | "not-in"; readonly term: Term; readonly values: readonly Datum[] };

type ComparisonOp = "lt" | "lt-eq" | "gt" | "gt-eq" | "eq" | "not-eq" | "starts-with" | "not-starts-with";

/** A column of the table. */
export interface ColumnTerm {
  /** Its dotted name in the schema that the filter was bound to. */
  readonly column: string;
  readonly fieldId: FieldId;
  readonly type: PrimitiveType;
}

/** A field of a partition tuple. */
export interface PartitionTerm {
  readonly position: number;
  readonly type: PrimitiveType;
}

/** Conjunction that leaves out what is always true. */
export function both<T>(left: BoundPredicate<T>, right: BoundPredicate<T>): BoundPredicate<T> {
  if (left.op === "true" || right.op === "false") return right;
  if (right.op === "true" || left.op === "false") return left;
  return { op: "and", left, right };
}

/** Disjunction that leaves out what is always false. */
export function either<T>(left: BoundPredicate<T>, right: BoundPredicate<T>): BoundPredicate<T> {
  if (left.op === "false" || right.op === "true") return right;
  if (right.op === "false" || left.op === "true") return left;
  return { op: "or", left, right };
}

/** The ids of the columns that a filter reads. */
export function referencedColumns(predicate: BoundPredicate<ColumnTerm>): ReadonlySet<FieldId> {
  const ids = new Set<FieldId>();
  const visit = (node: BoundPredicate<ColumnTerm>): void => {
    if (node.op === "and" || node.op === "or") {
      visit(node.left);
      visit(node.right);
    } else if ("term" in node) {
      ids.add(node.term.fieldId);
    }
  };
  visit(predicate);
  return ids;
}
