import type { EventWindow } from "@icecore/offline-store";
import type { MaterializeSummary } from "@icecore/online-sync";
import { Command, InvalidArgumentError } from "commander";
import { type CommandContext, withStore } from "../command-context.ts";
import { formatCount, plural } from "../format.ts";
import { parseFraction, parseTime } from "../parse-options.ts";
import { progressBar } from "../progress.ts";
import type { Terminal } from "../terminal.ts";

interface MaterializeCommandOptions {
  readonly full?: boolean;
  readonly since?: Date;
  readonly until?: Date;
  readonly watch?: boolean;
  readonly interval: number;
}

export function materializeCommand(terminal: Terminal): Command {
  return new Command("materialize")
    .description("bring the online store up to the newest snapshots: what changed since the last run")
    .argument("[view...]", "feature views; default: all that are online")
    .option("--full", "read the whole history again, and make the online store equal to it")
    .option(
      "--since <time>",
      "write rows of this event time and later, where the online store has none newer",
      parseTime,
    )
    .option("--until <time>", "write rows of this event time and earlier, likewise", parseTime)
    .option("--watch", "go on, and follow the catalog, until stopped with Ctrl-C; with --json, a line for each run")
    .option("--interval <seconds>", "how often --watch looks for new snapshots", parseFraction, 0.25)
    .addHelpText(
      "after",
      "\nExamples:\n  icecore materialize\n  icecore materialize driver_hourly_stats --since 2026-01-01T00:00:00Z\n  icecore materialize --watch",
    )
    .action((views: readonly string[], options: MaterializeCommandOptions, command: Command) => {
      refuseContradictions(options);
      return withStore(terminal, command, (context) =>
        options.watch === true ? watch(context, views, options.interval) : run(context, views, options),
      );
    });
}

/** @throws InvalidArgumentError */
function refuseContradictions({ full, since, until, watch: follows }: MaterializeCommandOptions): void {
  const ways = [full === true && "--full", (since ?? until) && "--since and --until", follows === true && "--watch"];
  const given = ways.filter((way) => typeof way === "string");
  if (given.length > 1) throw new InvalidArgumentError(`give only one of ${given.join(" or ")}`);
  if (since !== undefined && until !== undefined && since > until)
    throw new InvalidArgumentError("--since is after --until, so that no row lies between; swap them");
}

async function run(
  { store, output, signal }: CommandContext,
  views: readonly string[],
  { full, ...window }: MaterializeCommandOptions,
): Promise<void> {
  const bar = progressBar(output.progressStream, "Materializing");
  const summaries = await store
    .materialize({
      views,
      full,
      window: eventWindow(window),
      signal,
      onProgress: ({ view, rows, rowCount }) => bar.update(rows, rowCount, view),
    })
    .finally(() => bar.stop());
  output.result(summaries, () =>
    output.table(
      ["VIEW", "MODE", "ROWS", "WRITTEN", "DELETED", "SKIPPED", "ROWS/S", "SNAPSHOT", ""],
      summaries.map(summaryRow),
    ),
  );
}

function eventWindow({ since, until }: Omit<MaterializeCommandOptions, "full">): EventWindow | undefined {
  if (since === undefined && until === undefined) return undefined;
  const micros = (time: Date | undefined) => (time === undefined ? undefined : BigInt(time.getTime()) * 1000n);
  return { fromMicros: micros(since), toMicros: micros(until) };
}

async function watch(
  { store, output, signal }: CommandContext,
  views: readonly string[],
  interval: number,
): Promise<void> {
  output.note("Following the catalog; stop with Ctrl-C.");
  await store.watch({
    views,
    intervalMs: interval * 1000,
    signal,
    onMaterialized: (summary) => output.line(summary, () => summaryLine(summary)),
    onProblem: ({ view, error }) => output.note(`${view ?? "the registry"}: ${error.message}`),
  });
}

function summaryRow(summary: MaterializeSummary): readonly string[] {
  const { view, mode, rows, written, deleted, skipped, snapshotId, reason } = summary;
  const counts = [rows, written, deleted, skipped, rate(summary)].map(formatCount);
  return [view, mode, ...counts, String(snapshotId ?? "none"), reason ?? ""];
}

function summaryLine(summary: MaterializeSummary): string {
  const { view, mode, rows, written, deleted, seconds, snapshotId } = summary;
  const what = `${plural(rows, "row")}, ${formatCount(written)} written, ${formatCount(deleted)} deleted`;
  return `${view}: snapshot ${snapshotId ?? "none"}, ${mode}: ${what}, in ${seconds.toFixed(1)} s`;
}

function rate({ rows, seconds }: MaterializeSummary): number {
  return Math.round(rows / Math.max(seconds, 0.001));
}
