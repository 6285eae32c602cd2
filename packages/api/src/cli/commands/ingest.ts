import type { RowInput } from "@icecore/iceberg-catalog/duckdb";
import type { IngestMode, IngestResult } from "@icecore/offline-store";
import { Command, InvalidArgumentError, Option } from "commander";
import { withStore } from "../command-context.ts";
import { formatBytes, plural } from "../format.ts";
import { progressBar } from "../progress.ts";
import type { Terminal } from "../terminal.ts";

export function ingestCommand(terminal: Terminal): Command {
  return new Command("ingest")
    .description(
      "bring rows of parquet, csv or ndjson files, or of a query, into a feature view's history, as one commit",
    )
    .argument("<view>", "the feature view")
    .argument("[file...]", "files of one format")
    .option("--sql <select>", "take the rows of a query over files and tables of the catalog instead")
    .addOption(
      new Option("--mode <mode>", "upsert replaces rows with the same join keys and event timestamp")
        .choices(["append", "upsert"])
        .default("append"),
    )
    .option("--key <key>", "ingest under this key, which does nothing when it was ingested before")
    .addHelpText("after", "\nExample:\n  icecore ingest driver_hourly_stats data/driver_stats.parquet --key 2026-01-31")
    .action((view: string, files: readonly string[], options: IngestCommandOptions, command: Command) =>
      withStore(terminal, command, async ({ store, output, signal }) => {
        const bar = progressBar(output.progressStream, `Writing ${view}`);
        const result = await store
          .ingest(view, inputOf(files, options), {
            key: options.key,
            mode: options.mode,
            signal,
            onProgress: ({ rows, totalRows }) => bar.update(Number(rows), Number(totalRows)),
          })
          .finally(() => bar.stop());
        output.result({ view, ...result }, () => ingestText(view, result, options.key));
      }),
    );
}

interface IngestCommandOptions {
  readonly key?: string;
  readonly sql?: string;
  readonly mode: IngestMode;
}

/** @throws InvalidArgumentError unless there are either files or a query */
function inputOf(files: readonly string[], { sql }: IngestCommandOptions): RowInput {
  if (sql === undefined && files.length > 0) return { files };
  if (sql !== undefined && files.length === 0) return { sql };
  throw new InvalidArgumentError("give files, or --sql");
}

function ingestText(view: string, result: IngestResult, key: string | undefined): string {
  switch (result.outcome) {
    case "ingested":
      return `Ingested ${plural(result.rows, "row")} into ${view}: ${plural(result.files, "data file")}, ${formatBytes(result.bytes)}, snapshot ${result.snapshotId}.`;
    case "upserted":
      return `Upserted into ${view}: ${plural(result.inserted, "row")} inserted, ${result.updated} updated, ${result.unchanged} unchanged, snapshot ${result.snapshotId}.`;
    case "already-ingested":
      return `Nothing to do: "${key}" is in ${view} since snapshot ${result.snapshotId}.`;
    case "nothing-to-ingest":
      return `Nothing to do: the input has no rows.`;
  }
}
