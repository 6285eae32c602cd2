import type { MaterializeSummary } from "@icecore/online-sync";
import { Command } from "commander";
import { withStore } from "../command-context.ts";
import { formatCount } from "../format.ts";
import { progressBar } from "../progress.ts";
import type { Terminal } from "../terminal.ts";

export function materializeCommand(terminal: Terminal): Command {
  return new Command("materialize")
    .description("bring the online store up to the newest snapshots: what changed since the last run")
    .argument("[view...]", "feature views; default: all that are online")
    .option("--full", "read the whole history again")
    .action((views: readonly string[], options: { readonly full?: boolean }, command: Command) =>
      withStore(terminal, command, async ({ store, output }) => {
        const bar = progressBar(output.progressStream, "Materializing");
        const summaries = await store
          .materialize({
            views,
            full: options.full,
            onProgress: ({ view, rows, rowCount }) => bar.update(rows, rowCount, view),
          })
          .finally(() => bar.stop());
        output.result(summaries, () =>
          output.table(["VIEW", "MODE", "ROWS", "WRITTEN", "SKIPPED", "SNAPSHOT", ""], summaries.map(summaryRow)),
        );
      }),
    );
}

function summaryRow(summary: MaterializeSummary): readonly string[] {
  const { view, mode, rows, written, skipped, snapshotId, reason } = summary;
  return [
    view,
    mode,
    formatCount(rows),
    formatCount(written),
    formatCount(skipped),
    String(snapshotId ?? "none"),
    reason ?? "",
  ];
}
