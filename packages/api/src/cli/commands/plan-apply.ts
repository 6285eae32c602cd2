import { Command } from "commander";
import { withStore } from "../command-context.ts";
import type { Terminal } from "../terminal.ts";

export function planCommand(terminal: Terminal): Command {
  return new Command("plan")
    .description("show what apply would do to the registry and the tables")
    .addHelpText("after", "\nExample:\n  icecore plan")
    .action((_, command: Command) =>
      withStore(terminal, command, async ({ store, output }) => {
        const { planDocument, planText } = await import("../plan-text.ts");
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
        const { importText, planDocument, planText } = await import("../plan-text.ts");
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
