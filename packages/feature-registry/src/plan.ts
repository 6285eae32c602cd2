import type { Schema } from "@icecore/iceberg-catalog";
import { checkSource } from "./check-source.ts";
import { compareDefinitions, type Difference, definitionId, definitionsById } from "./compare-definitions.ts";
import { type Definition, type Definitions, type FeatureView, listDefinitions } from "./definitions.ts";
import { type Drift, findDrift } from "./drift.ts";
import { planTable, type TableChange } from "./plan-table.ts";

/** What `apply` would do, as data; an empty list of changes means that registry and tables agree with the definitions. */
export interface Plan {
  readonly desired: Definitions;
  readonly changes: readonly Change[];
  /** What others did to the tables since the last apply. */
  readonly drift: readonly Drift[];
}

/** One definition that differs from the registry, or whose table differs from it. */
export interface Change {
  readonly action: "create" | "update" | "delete" | "converge";
  readonly definition: Definition;
  /** What differs, a short line each. */
  readonly details: readonly string[];
  readonly tableChanges: readonly TableChange[];
  /** Whether something that users may depend on goes away. */
  readonly destructive: boolean;
}

/** What a plan is made against. */
export interface RegisteredState {
  readonly definitions: Definitions;
  /** The schemas of the views' tables that exist, by view name. */
  readonly tables: ReadonlyMap<string, Schema>;
}

/**
 * Compares definitions with what is registered. Tables are compared with the tables there are, so that an apply that
 * was interrupted is finished by the next one.
 * @throws RegistryError `CHANGE_REFUSED` for a change that no table can make: other join keys, an unsafe type
 */
export function planChanges(desired: Definitions, state: RegisteredState): Plan {
  const registered = definitionsById(state.definitions);
  const differences = compareDefinitions(state.definitions, desired);
  const byId = new Map(differences.map((difference) => [definitionId(difference.definition), difference]));
  const changes = listDefinitions(desired).flatMap((definition) => {
    const before = registered.get(definitionId(definition));
    const tableChanges = definition.kind === "feature_view" ? planViewTable(definition, before, state) : [];
    return toChange(definition, byId.get(definitionId(definition)), tableChanges);
  });
  const deletions = differences.filter(({ action }) => action === "delete").map(deletion);
  const owned = desired.featureViews.filter((view) => view.source === undefined);
  const drift = owned.flatMap((view) => {
    const [before, table] = [registered.get(definitionId(view)), state.tables.get(view.name)];
    return before?.kind === "feature_view" && table !== undefined ? findDrift(view, before, table) : [];
  });
  return { desired, changes: [...changes, ...deletions], drift };
}

function toChange(
  definition: Definition,
  difference: Difference | undefined,
  tableChanges: readonly TableChange[],
): readonly Change[] {
  const destructive = tableChanges.some((change) => change.type === "drop-column");
  if (difference !== undefined) return [{ ...difference, tableChanges, destructive }];
  if (tableChanges.length === 0) return [];
  return [{ action: "converge", definition, details: ["its table lags behind"], tableChanges, destructive }];
}

function planViewTable(
  view: FeatureView,
  before: Definition | undefined,
  state: RegisteredState,
): readonly TableChange[] {
  if (view.source !== undefined) {
    checkSource(view, state.tables.get(view.name));
    return [];
  }
  return planTable(view, before?.kind === "feature_view" ? before : undefined, state.tables.get(view.name));
}

function deletion({ definition }: Difference): Change {
  const details = definition.kind === "feature_view" ? ["its table and history are kept"] : [];
  return { action: "delete", definition, details, tableChanges: [], destructive: true };
}
