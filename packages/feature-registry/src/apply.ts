import type { IdentifiedCommit, Schema, SchemaUpdate, Table, Transaction } from "@icecore/iceberg-catalog";
import type { Definitions, FeatureView } from "./definitions.ts";
import { RegistryError, refuseFindings } from "./errors.ts";
import { type Plan, planChanges } from "./plan.ts";
import { planTable, type TableChange } from "./plan-table.ts";
import type { ProjectCatalog } from "./store/project-catalog.ts";
import { commitRegistry, loadRegistry, type RegistryVersion } from "./store/registry-table.ts";
import { describe, requireValid } from "./validate.ts";
import { ownProperties, viewTableProperties, viewTableRequest } from "./view-table.ts";

/** A plan, and the version of the registry it was made against. */
export interface PreparedPlan extends Plan {
  readonly base: RegistryVersion;
}

export interface ApplyOptions {
  /** Allows changes after which something is gone: a feature, a definition. */
  readonly allowDestructive?: boolean;
  readonly nowMicros: bigint;
}

/**
 * Compares definitions with the registry and the tables there are.
 * @throws RegistryError `DEFINITION_INVALID` or `CHANGE_REFUSED`, with all findings
 */
export async function planApply(project: ProjectCatalog, desired: Definitions): Promise<PreparedPlan> {
  requireValid(desired);
  const base = await loadRegistry(project);
  const tables = new Map<string, Schema>();
  for (const view of desired.featureViews) {
    const table = await project.findViewTable(view);
    if (table !== undefined) tables.set(view.name, table.schema);
  }
  const { refused, ...plan } = planChanges(desired, { definitions: base.definitions, tables });
  refuseFindings("CHANGE_REFUSED", refused);
  return { ...plan, base };
}

/**
 * Carries a plan out. New tables are created first; the registry comes last, and its commit is the moment everything takes
 * effect. Where the catalog has transactions, tables change with it, all or none; elsewhere before it. Interrupted anywhere,
 * the next plan finds what is missing and the next apply does it.
 * @throws RegistryError `REGISTRY_CONFLICT` when somebody else applied meanwhile, `CHANGE_REFUSED` for a destructive
 * change that was not allowed
 */
export async function applyPlan(
  project: ProjectCatalog,
  plan: PreparedPlan,
  options: ApplyOptions,
): Promise<RegistryVersion> {
  refuseDestructive(plan, options);
  if (plan.changes.length === 0) return plan.base;
  await project.ensureNamespace();
  const changesRegistry = plan.changes.some((change) => change.action !== "converge");
  const isAtOnce = changesRegistry && project.catalog.hasTransactions;
  const together: IdentifiedCommit[] = [];
  for (const { definition, action, tableChanges } of plan.changes) {
    if (definition.kind !== "feature_view" || definition.source !== undefined || action === "delete") continue;
    const change = await tableChange(project, definition, tableChanges);
    if (isAtOnce && change !== undefined) together.push(await change.prepare());
    else await change?.commit();
  }
  return changesRegistry
    ? commitRegistry(project, plan.base, plan.desired, { appliedAtMicros: options.nowMicros, together })
    : plan.base;
}

function refuseDestructive(plan: Plan, options: ApplyOptions): void {
  const destructive = plan.changes.filter((change) => change.destructive);
  const [first] = destructive;
  if (first === undefined || options.allowDestructive === true) return;
  const more = destructive.length > 1 ? ` and ${destructive.length - 1} more` : "";
  throw new RegistryError(
    "CHANGE_REFUSED",
    `${describe(first.definition)}${more}: something would be gone for those who use it; look at the plan and pass --allow-destructive if that is meant`,
  );
}

/** What is to be committed to a view's table, which is created where it is not there; undefined: nothing. */
async function tableChange(
  project: ProjectCatalog,
  view: FeatureView,
  changes: readonly TableChange[],
): Promise<Transaction | undefined> {
  const creates = changes.some((change) => change.type === "create-table");
  if (!creates) return evolution(await project.loadTable(view.name), view, changes);
  const table = await project.ensureTable(view.name, viewTableRequest(view));
  const remaining = planTable(view, undefined, table.schema);
  // Somebody else has created it meanwhile, and otherwise.
  refuseFindings(
    "CHANGE_REFUSED",
    remaining.refusals.map((message) => ({ where: describe(view), message })),
  );
  return evolution(table, view, remaining.changes);
}

function evolution(table: Table, view: FeatureView, changes: readonly TableChange[]): Transaction | undefined {
  const wanted = viewTableProperties(view);
  const { properties } = table.metadata;
  const isStale = Object.entries(wanted).some(([key, value]) => properties[key] !== value);
  const gone = Object.keys(properties).filter((key) => key.startsWith(ownProperties) && !(key in wanted));
  if (changes.length === 0 && !isStale && gone.length === 0) return undefined;
  const unchanged = table.newTransaction();
  const evolved =
    changes.length === 0
      ? unchanged
      : unchanged.updateSchema((update) => {
          for (const change of changes) applyTableChange(update, change);
        });
  return evolved.setProperties(isStale ? wanted : {}).removeProperties(gone);
}

function applyTableChange(update: SchemaUpdate, change: TableChange): void {
  switch (change.type) {
    case "create-table":
      return;
    case "rename-column":
      update.renameColumn(change.name, change.to);
      return;
    case "add-column":
      update.addColumn(
        change.column.name,
        change.column.type,
        change.column.doc === undefined ? {} : { doc: change.column.doc },
      );
      return;
    case "widen-column":
      update.updateType(change.name, change.to);
      return;
    case "drop-column":
      update.dropColumn(change.name);
      return;
    case "update-doc":
      update.updateDoc(change.name, change.doc);
      return;
    default:
      change satisfies never;
  }
}
