import type { MigrateSummary, RedisLayoutName } from "@icecore/online-sync";
import { Command, Option } from "commander";
import { withStore } from "../command-context.ts";
import { formatCount } from "../format.ts";
import { progressBar } from "../progress.ts";
import type { Terminal } from "../terminal.ts";

interface MigrateCommandOptions {
  readonly to: RedisLayoutName;
  readonly removeSource?: boolean;
}

export function migrateCommand(terminal: Terminal): Command {
  return new Command("migrate")
    .description("copy the Redis online store into another layout, while it serves")
    .addOption(new Option("--to <layout>", "the layout to copy to").choices(["feast", "packed"]).makeOptionMandatory())
    .option("--remove-source", "remove the rows of the other layout, once nobody writes them any more")
    .addHelpText(
      "after",
      `
Servers go on with the layout that their configuration names. So: migrate, set online_store.layout, restart the
servers, migrate once more for what was pushed meanwhile, and once with --remove-source.
The layout feast keeps whole seconds of timestamp features, as Feast does; the layout packed keeps all of them.

Example:
  icecore online migrate --to packed`,
    )
    .action(({ to, removeSource }: MigrateCommandOptions, command: Command) =>
      withStore(terminal, command, async ({ store, output }) => {
        const bar = progressBar(output.progressStream, "Migrating");
        const summaries = await store
          .migrateLayout({ to, removeSource, onProgress: ({ view, rows }) => bar.update(rows, rows, view) })
          .finally(() => bar.stop());
        output.result(summaries, () =>
          output.table(["VIEW", "ROWS", "WRITTEN", "SKIPPED", "NEXT FROM", ""], summaries.map(summaryRow)),
        );
      }),
    );
}

function summaryRow({ view, rows, written, skipped, snapshotId, removed }: MigrateSummary): readonly string[] {
  const next = snapshotId === undefined ? "the beginning" : String(snapshotId);
  return [view, formatCount(rows), formatCount(written), formatCount(skipped), next, removed ? "source removed" : ""];
}
