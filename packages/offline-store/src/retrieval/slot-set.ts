import type { FeatureRequest } from "@icecore/feature-registry";
import { and, type Datum, greaterThanOrEqual, isIn, lessThanOrEqual, type Predicate } from "@icecore/iceberg-catalog";

/** The distinct (keys, time) pairs of a spine by some of its columns, and what is known of them. */
export interface SlotSet {
  readonly keyColumns: readonly string[];
  /** About how many different keys the spine has. */
  readonly keys: bigint;
  /** How many rows of the spine share the key of a row, on average over rows: a few keys may have most of them. */
  readonly rowsPerKey: number;
  /** What each key column holds, in the order of `keyColumns`. */
  readonly values: readonly KeyValues[];
}

/** The values of a key column, apart from null. */
export type KeyValues =
  | { readonly kind: "few"; readonly values: readonly Datum[] }
  | { readonly kind: "range"; readonly from: Datum; readonly to: Datum };

/** The different lists of key columns that some requests look up by, in the order they first come. */
export function distinctKeyColumns(requests: readonly FeatureRequest[]): readonly (readonly string[])[] {
  const found = new Map(requests.map(({ keyColumns }) => [JSON.stringify(keyColumns), keyColumns]));
  return [...found.values()];
}

/** The set of those key columns, and its index. */
export function slotSetOf(
  sets: readonly SlotSet[],
  keyColumns: readonly string[],
): { readonly set: SlotSet; readonly index: number } {
  const wanted = JSON.stringify(keyColumns);
  const index = sets.findIndex((candidate) => JSON.stringify(candidate.keyColumns) === wanted);
  const set = sets[index];
  if (set === undefined) throw new Error(`no slot set for ${wanted}`);
  return { set, index };
}

/** What the rows of a view that can match have in their join keys. */
export function keyPredicate(set: SlotSet, { view }: FeatureRequest): Predicate {
  return and(
    ...view.joinKeys.flatMap(({ name }, index) => {
      const values = set.values[index];
      return values === undefined ? [] : [valuesPredicate(name, values)];
    }),
  );
}

function valuesPredicate(column: string, known: KeyValues): Predicate {
  switch (known.kind) {
    case "few":
      return isIn(column, known.values);
    case "range":
      return and(greaterThanOrEqual(column, known.from), lessThanOrEqual(column, known.to));
    default:
      return known satisfies never;
  }
}
