import type { Definition, Drift, PreparedPlan, TableChange } from "@icecore/feature-registry";
import { typeToString } from "@icecore/iceberg-catalog";
import type { FeastImport } from "../feast-import/import-feast.ts";
import { viewsTakenOffline } from "../store/apply.ts";
import { changeText } from "./definition-changes.ts";
import type { Output } from "./terminal.ts";

/** What was written of a Feast repository, and what could not be carried over. */
export function importText({ file, notes }: FeastImport, { colors }: Output): string {
  return [`Wrote ${file}.`, ...notes.map((note) => colors.yellow(`! ${note}`))].join("\n");
}

/** A plan for machines. */
export function planDocument(plan: PreparedPlan) {
  return {
    changes: plan.changes.map(({ action, definition, tableChanges, destructive, ...change }) => ({
      action,
      kind: definition.kind,
      name: definition.name,
      details: [...change.details, ...onlineDetails(plan, definition)],
      tableChanges: tableChanges.map(tableChangeText),
      destructive,
    })),
    drift: plan.drift.map((drift) => ({ ...drift, message: driftText(drift) })),
  };
}

/** A plan for people: what changes, and what others have changed. */
export function planText(plan: PreparedPlan, output: Output): string {
  const drift = plan.drift.map((found) => output.colors.magenta(`! ${driftText(found)}`));
  const changes =
    plan.changes.length === 0
      ? "No changes: registry and tables agree with the feature repository."
      : changesText(plan, output);
  return [changes, ...drift].join("\n");
}

function driftText(drift: Drift): string {
  switch (drift.type) {
    case "unknown-column":
      return `somebody else added column ${drift.column} ${drift.columnType} to the table of feature view "${drift.view}"; leave it, or adopt it: icecore add feature ${drift.view}.${drift.column} --type "${drift.columnType}"`;
    case "missing-column":
      return `somebody else took column ${drift.column} from the table of feature view "${drift.view}"; apply adds it again without its values, or roll the table back`;
  }
}

function changesText(plan: PreparedPlan, output: Output): string {
  return plan.changes
    .map((change) => {
      const warning = change.destructive ? [output.colors.red("destructive: needs --allow-destructive")] : [];
      const details = [
        ...warning,
        ...change.details,
        ...onlineDetails(plan, change.definition),
        ...change.tableChanges.map(tableChangeText),
      ];
      return changeText(change, details, output);
    })
    .join("\n");
}

/** What apply does beyond registry and table. */
function onlineDetails(plan: PreparedPlan, { kind, name }: Definition): readonly string[] {
  const isTaken = kind === "feature_view" && viewsTakenOffline(plan).some((view) => view.name === name);
  return isTaken ? ["remove its rows from the online store"] : [];
}

function tableChangeText(change: TableChange): string {
  switch (change.type) {
    case "create-table":
      return "create its table";
    case "rename-column":
      return `rename column ${change.name} to ${change.to}`;
    case "add-column":
      return `add column ${change.column.name} ${typeToString(change.column.type)}`;
    case "widen-column":
      return `widen column ${change.name} from ${typeToString(change.from)} to ${typeToString(change.to)}`;
    case "drop-column":
      return `drop column ${change.name}`;
    case "update-doc":
      return `describe column ${change.name}`;
  }
}
