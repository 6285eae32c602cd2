import type { IngestResult } from "@icecore/offline-store";
import { Command } from "commander";
import { withStore } from "../command-context.ts";
import { formatBytes, plural } from "../format.ts";
import { progressBar } from "../progress.ts";
import type { Terminal } from "../terminal.ts";

export function ingestCommand(terminal: Terminal): Command {
  return new Command("ingest")
    .description("append rows of parquet, csv or ndjson files to a feature view's history, as one commit")
    .argument("<view>", "the feature view")
    .argument("<file...>", "files of one format")
    .option("--key <key>", "ingest under this key, which does nothing when it was ingested before")
    .addHelpText("after", "\nExample:\n  icecore ingest driver_hourly_stats data/driver_stats.parquet --key 2026-01-31")
    .action((view: string, files: readonly string[], options: { readonly key?: string }, command: Command) =>
      withStore(terminal, command, async ({ store, output }) => {
        const bar = progressBar(output.progressStream, `Writing ${view}`);
        const result = await store
          .ingest(
            view,
            { files },
            { key: options.key, onProgress: ({ rows, totalRows }) => bar.update(Number(rows), Number(totalRows)) },
          )
          .finally(() => bar.stop());
        output.result({ view, ...result }, () => ingestText(view, result, options.key));
      }),
    );
}

function ingestText(view: string, result: IngestResult, key: string | undefined): string {
  switch (result.outcome) {
    case "ingested":
      return `Ingested ${plural(result.rows, "row")} into ${view}: ${plural(result.files, "data file")}, ${formatBytes(result.bytes)}, snapshot ${result.snapshotId}.`;
    case "already-ingested":
      return `Nothing to do: "${key}" is in ${view} since snapshot ${result.snapshotId}.`;
    case "nothing-to-ingest":
      return `Nothing to do: the input has no rows.`;
  }
}
