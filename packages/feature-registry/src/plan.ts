import type { Schema } from "@icecore/iceberg-catalog";
import { sourceProblems } from "./check-source.ts";
import { compareDefinitions, type Difference, definitionId, definitionsById } from "./compare-definitions.ts";
import { type Definition, type Definitions, type FeatureView, listDefinitions } from "./definitions.ts";
import { type Drift, findDrift } from "./drift.ts";
import type { Finding } from "./finding.ts";
import { planTable, refusedKeys, type TableChange, type TablePlan } from "./plan-table.ts";
import { describe } from "./validate.ts";

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

/** A plan, or why there is none. */
export interface PlannedChanges extends Plan {
  /** Changes that no table can make: other join keys, an unsafe type. With one of them nothing is to be applied. */
  readonly refused: readonly Finding[];
}

/**
 * Compares definitions with what is registered. Tables are compared with the tables there are, so that an apply that
 * was interrupted is finished by the next one.
 */
export function planChanges(desired: Definitions, state: RegisteredState): PlannedChanges {
  const registered = definitionsById(state.definitions);
  const differences = compareDefinitions(state.definitions, desired);
  const byId = new Map(differences.map((difference) => [definitionId(difference.definition), difference]));
  const viewBefore = (view: FeatureView) => {
    const before = registered.get(definitionId(view));
    return before?.kind === "feature_view" ? before : undefined;
  };
  const plans = new Map(
    desired.featureViews.map((view) => [definitionId(view), planViewTable(view, viewBefore(view), state)]),
  );
  const changes = listDefinitions(desired).flatMap((definition) => {
    const id = definitionId(definition);
    const isMoved = definition.kind === "feature_view" && movesRows(definition, viewBefore(definition));
    return toChange(definition, byId.get(id), plans.get(id)?.changes ?? [], isMoved);
  });
  const deletions = differences.filter(({ action }) => action === "delete").map(deletion);
  const owned = desired.featureViews.filter((view) => view.source === undefined);
  const drift = owned.flatMap((view) => {
    const [before, table] = [viewBefore(view), state.tables.get(view.name)];
    return before !== undefined && table !== undefined ? findDrift(view, before, table) : [];
  });
  const refused = desired.featureViews.flatMap((view) =>
    (plans.get(definitionId(view))?.refusals ?? []).map((message) => ({ where: describe(view), message })),
  );
  return { desired, changes: [...changes, ...deletions], drift, refused };
}

/** Whether a view's rows are in another's table than before: what it had is not to be read any more. */
function movesRows(view: FeatureView, before: FeatureView | undefined): boolean {
  return before !== undefined && (view.source === undefined) !== (before.source === undefined);
}

function toChange(
  definition: Definition,
  difference: Difference | undefined,
  tableChanges: readonly TableChange[],
  isMoved: boolean,
): readonly Change[] {
  const destructive = isMoved || tableChanges.some((change) => change.type === "drop-column");
  if (difference !== undefined) return [{ ...difference, tableChanges, destructive }];
  if (tableChanges.length === 0) return [];
  return [{ action: "converge", definition, details: ["its table lags behind"], tableChanges, destructive }];
}

function planViewTable(view: FeatureView, before: FeatureView | undefined, state: RegisteredState): TablePlan {
  const table = state.tables.get(view.name);
  if (view.source === undefined) return planTable(view, before, table);
  const changed = before === undefined ? [] : refusedKeys(view, before);
  return { changes: [], refusals: changed.length > 0 ? changed : sourceProblems(view, table) };
}

function deletion({ definition }: Difference): Change {
  return { action: "delete", definition, details: whatBecomesOf(definition), tableChanges: [], destructive: true };
}

function whatBecomesOf(definition: Definition): readonly string[] {
  if (definition.kind !== "feature_view" || definition.source !== undefined) return [];
  return ["its table and history are kept"];
}
