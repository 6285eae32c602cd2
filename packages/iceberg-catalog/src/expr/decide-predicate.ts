import type { BoundLeaf, BoundPredicate } from "./bound-predicate.ts";

/** What a predicate comes to when each of its leaves is decided by itself. */
export function decidePredicate<Term>(
  predicate: BoundPredicate<Term>,
  decideLeaf: (leaf: BoundLeaf<Term>) => boolean,
): boolean {
  switch (predicate.op) {
    case "true":
      return true;
    case "false":
      return false;
    case "and":
      return decidePredicate(predicate.left, decideLeaf) && decidePredicate(predicate.right, decideLeaf);
    case "or":
      return decidePredicate(predicate.left, decideLeaf) || decidePredicate(predicate.right, decideLeaf);
    default:
      return decideLeaf(predicate);
  }
}
