import { definitionToJson } from "./definition-json.ts";
import { type Definition, type Definitions, listDefinitions } from "./definitions.ts";
import { describeDifferences } from "./describe-differences.ts";

/** How one definition came, changed or went between two sets of them. */
export interface Difference {
  readonly action: "create" | "update" | "delete";
  /** As it is afterwards; as it was, when it is deleted. */
  readonly definition: Definition;
  /** What differs, a short line each. */
  readonly details: readonly string[];
}

/** What differs between two sets of definitions, in the order of the later one; what went comes last. */
export function compareDefinitions(before: Definitions, after: Definitions): readonly Difference[] {
  const known = definitionsById(before);
  const kept = definitionsById(after);
  const changed = listDefinitions(after).flatMap((definition): readonly Difference[] => {
    const old = known.get(definitionId(definition));
    if (old === undefined) return [{ action: "create", definition, details: [] }];
    if (definitionToJson(old) === definitionToJson(definition)) return [];
    return [{ action: "update", definition, details: describeDifferences(old, definition) }];
  });
  const gone = listDefinitions(before)
    .filter((definition) => !kept.has(definitionId(definition)))
    .map((definition) => ({ action: "delete" as const, definition, details: [] }));
  return [...changed, ...gone];
}

export function definitionsById(definitions: Definitions): ReadonlyMap<string, Definition> {
  return new Map(listDefinitions(definitions).map((definition) => [definitionId(definition), definition]));
}

/** What stays the same of a definition while it changes. */
export function definitionId({ kind, name }: Definition): string {
  return `${kind}:${name}`;
}
