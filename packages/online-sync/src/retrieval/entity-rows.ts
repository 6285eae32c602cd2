import type { FeatureRequest } from "@icecore/feature-registry";
import { type EntityKey, encodeEntityKeys } from "../codec/entity-key.ts";
import { OnlineStoreError } from "../errors.ts";
import { parseKeyValue } from "./key-value.ts";

/** What to read features for: columns by name, of one length. Columns that no view joins on are ignored. */
export type EntityRows = Readonly<Record<string, readonly unknown[]>>;

/** How many entities there are. @throws OnlineStoreError `ENTITY_INVALID` when the columns differ in length */
export function countEntityRows(rows: EntityRows): number {
  const [first, ...others] = Object.entries(rows);
  if (first === undefined) {
    throw new OnlineStoreError("ENTITY_INVALID", "no entities given; give a column of values for each join key");
  }
  const [name, { length }] = first;
  const unequal = others.find(([, column]) => column.length !== length);
  if (unequal === undefined) return length;
  throw new OnlineStoreError(
    "ENTITY_INVALID",
    `entity column "${unequal[0]}" has ${unequal[1].length} values where "${name}" has ${length}; give one per entity in each`,
  );
}

/**
 * The keys of the entities in a view, by row; undefined where one has a null.
 * @throws OnlineStoreError `ENTITY_INVALID` when a column is missing, or a value is not of its join key's type
 */
export function requestKeys(request: FeatureRequest, rows: EntityRows, rowCount: number): (EntityKey | undefined)[] {
  const columns = request.view.joinKeys.map((joinKey, i) => {
    const name = request.keyColumns[i] ?? joinKey.name;
    const column = Object.hasOwn(rows, name) ? rows[name] : undefined;
    if (column === undefined) throw missingColumn(request, name, joinKey.name, rows);
    return (row: number) => parseKeyValue(column[row], joinKey.type, name, row);
  });
  return encodeEntityKeys(request.view.joinKeys, columns, rowCount);
}

function missingColumn(request: FeatureRequest, name: string, joinKey: string, rows: EntityRows): OnlineStoreError {
  const given = Object.keys(rows).join(", ");
  return new OnlineStoreError(
    "ENTITY_INVALID",
    `entity column "${name}" is missing; feature view "${request.name}" needs it for its join key "${joinKey}" (there are: ${given})`,
  );
}
