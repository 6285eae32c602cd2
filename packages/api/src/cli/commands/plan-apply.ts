import type { Definition, Drift, PreparedPlan, TableChange } from "@icecore/feature-registry";
import { typeToString } from "@icecore/iceberg-catalog";
import { Command } from "commander";
import type { FeastImport } from "../../feast-import/import-feast.ts";
import { viewsTakenOffline } from "../../store/apply.ts";
import { withStore } from "../command-context.ts";
import { changeText } from "../definition-changes.ts";
import type { Output, Terminal } from "../terminal.ts";

export function planCommand(terminal: Terminal): Command {
  return new Command("plan")
    .description("show what apply would do to the registry and the tables")
    .addHelpText("after", "\nExamples:\n  icecore plan\n  icecore plan --json")
    .action((_, command: Command) =>
      withStore(terminal, command, async ({ store, output }) => {
        const plan = await store.plan();
        output.result(planDocument(plan), () => planText(plan, output));
      }),
    );
}

interface ApplyOptions {
  readonly allowDestructive?: boolean;
  readonly fromFeast?: string;
}

export function applyCommand(terminal: Terminal): Command {
  return new Command("apply")
    .description("make the registry and the tables say what the feature repository says")
    .option("--allow-destructive", "carry out changes after which something is gone")
    .option("--from-feast <path>", "write feast.ts first, from a Feast repository or its registry file")
    .addHelpText("after", "\nExamples:\n  icecore apply\n  icecore apply --from-feast ../feast_repo")
    .action(({ allowDestructive = false, fromFeast }: ApplyOptions, command: Command) =>
      withStore(terminal, command, async ({ store, output }) => {
        const imported = fromFeast === undefined ? undefined : await store.importFeast(fromFeast);
        if (imported !== undefined) output.note(importText(imported, output));
        const plan = await store.plan();
        const registry = await store.apply(plan, { allowDestructive });
        const document = {
          ...(imported && { imported: { file: imported.file, notes: imported.notes } }),
          ...planDocument(plan),
          version: registry.version,
          snapshotId: registry.snapshotId,
        };
        output.result(document, () => `${planText(plan, output)}\nRegistry is at version ${registry.version}.`);
      }),
    );
}

function importText({ file, notes }: FeastImport, { colors }: Output): string {
  return [`Wrote ${file}.`, ...notes.map((note) => colors.yellow(`! ${note}`))].join("\n");
}

function planDocument(plan: PreparedPlan) {
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

function planText(plan: PreparedPlan, output: Output): string {
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
