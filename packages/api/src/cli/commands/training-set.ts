import type { PointInTimePlan, RetrievalStep, TrainingSetLock } from "@icecore/offline-store";
import { Command, InvalidArgumentError } from "commander";
import { withStore } from "../command-context.ts";
import { formatTime, plural } from "../format.ts";
import { type AtOptions, collect, parseAt, parseCount, toSelection, withAtOptions } from "../parse-options.ts";
import { type ProgressBar, progressBar } from "../progress.ts";
import { parseSpine, type SpineCliOptions, withSpineOptions } from "../spine-options.ts";
import type { Output, Terminal } from "../terminal.ts";
import { diffCommand } from "./training-set-diff.ts";
import { showCommand, unprotectedMeans } from "./training-set-show.ts";

interface CreateOptions extends AtOptions, SpineCliOptions {
  readonly features?: readonly string[];
  readonly service?: string;
  readonly fullFeatureNames?: boolean;
  readonly filterByCreatedTimestamp?: boolean;
  readonly out?: string;
  readonly rowsPerFile?: number;
  readonly table?: string;
  readonly explain?: boolean;
}

interface ReproduceOptions {
  readonly out?: string;
  readonly rowsPerFile?: number;
  readonly explain?: boolean;
}

export function trainingSetCommand(terminal: Terminal): Command {
  return new Command("training-set")
    .description("make training sets that are pinned to snapshots, and make them again")
    .addCommand(createCommand(terminal))
    .addCommand(reproduceCommand(terminal))
    .addCommand(listCommand(terminal))
    .addCommand(showCommand(terminal))
    .addCommand(diffCommand(terminal))
    .addCommand(removeCommand(terminal));
}

function createCommand(terminal: Terminal): Command {
  const command = new Command("create")
    .description("join features to each row of a spine as they were at its time")
    .argument("<name>", "the training set's name; its lock file is NAME.lock.json")
    .option("--features <view:feature,...>", "features to join; repeat for more", collect)
    .option("--service <name>", "a feature service, instead of --features")
    .option("--full-feature-names", "name columns view__feature")
    .option(
      "--filter-by-created-timestamp",
      "leave out what was created after a row's time: what nobody could have known then",
    )
    .option(
      "--out <file>",
      "where the rows go: .parquet, .arrow, .csv or .ndjson; DIR/ for a directory of Parquet files",
    )
    .option("--rows-per-file <count>", "rows per file of a directory", parseCount)
    .option("--table <name>", "save the rows as a new Iceberg table of this name, too")
    .option("--explain", "say what was read, what was pruned, and how it was joined")
    .addHelpText(
      "after",
      `
Examples:
  icecore training-set create orders --spine data/orders.parquet --service driver_activity --out orders.parquet
  icecore training-set create newest --latest --features driver_hourly_stats:conv_rate --out newest.parquet`,
    );
  return withAtOptions(withSpineOptions(command)).action((name: string, options: CreateOptions, self: Command) =>
    withStore(terminal, self, async ({ store, output, signal }) => {
      const { out, table, rowsPerFile } = options;
      if (out === undefined && table === undefined) throw new InvalidArgumentError("give --out or --table, or both");
      const spine = parseSpine(options);
      const bar = progressBar(output.progressStream, "Joining");
      const { lock, lockPath, plan } = await store
        .createTrainingSet({
          name,
          spine,
          selection: toSelection(options),
          at: parseAt(options),
          filterByCreatedTimestamp: options.filterByCreatedTimestamp,
          out,
          table,
          rowsPerFile,
          signal,
          onStep: showStep(bar),
        })
        .finally(() => bar.stop());
      if (options.explain === true) await explain(plan, output);
      if (!lock.protected) output.note(`warning: "${name}" is not protected: ${unprotectedMeans}`);
      output.result({ ...lock, lockPath, out: out ?? null }, () => createdText(lock, lockPath, out));
    }),
  );
}

async function explain(plan: PointInTimePlan, output: Output): Promise<void> {
  const { explainPlan } = await import("@icecore/offline-store");
  output.note(explainPlan(plan));
}

function createdText({ result, table }: TrainingSetLock, lockPath: string, out: string | undefined): string {
  const targets = [...(out === undefined ? [] : [out]), ...(table === undefined ? [] : [`table ${table.name}`])];
  return `Wrote ${plural(result.rows, "row")} to ${targets.join(" and ")}, pinned by ${lockPath}.\n${result.digest}`;
}

function reproduceCommand(terminal: Terminal): Command {
  return new Command("reproduce")
    .description("make a training set again and prove that it is the same; exit code 1 if it is not")
    .argument("<name|lockfile>", "the training set")
    .option("--out <file>", "where the rows go; DIR/ for a directory of Parquet files")
    .option("--rows-per-file <count>", "rows per file of a directory", parseCount)
    .option("--explain", "say what was read, what was pruned, and how it was joined")
    .addHelpText("after", "\nExample:\n  icecore training-set reproduce orders --out again.parquet")
    .action((name: string, options: ReproduceOptions, self: Command) =>
      withStore(terminal, self, async ({ store, output, signal }) => {
        const bar = progressBar(output.progressStream, "Joining");
        const { out, rowsPerFile } = options;
        const made = await store
          .reproduceTrainingSet(name, { out, rowsPerFile, signal, onStep: showStep(bar) })
          .finally(() => bar.stop());
        if (options.explain === true) await explain(made.plan, output);
        output.result(
          { name: made.lock.name, rows: made.rows, digest: made.digest, identical: true, out: out ?? null },
          () => `Identical: ${plural(made.rows, "row")}, ${made.digest}`,
        );
      }),
    );
}

function listCommand(terminal: Terminal): Command {
  return new Command("list")
    .description("list the training sets of this repository")
    .addHelpText("after", "\nExample:\n  icecore training-set list")
    .action((_, self: Command) =>
      withStore(terminal, self, async ({ store, output }) => {
        const locks = await store.listTrainingSets();
        output.result(locks, () =>
          locks.length === 0
            ? "No training sets yet: make one with icecore training-set create."
            : output.table(["NAME", "CREATED", "ROWS", "VIEWS", "DIGEST"], locks.map(lockRow)),
        );
      }),
    );
}

function lockRow({ name, createdAt, result, views }: TrainingSetLock): readonly string[] {
  const names = views.map((view) => view.name).join(", ");
  return [name, formatTime(new Date(createdAt)), String(result.rows), names, result.digest.slice(0, 19)];
}

function removeCommand(terminal: Terminal): Command {
  return new Command("remove")
    .description(
      "forget a training set: its lock file, the tags that keep its snapshots, and the rows kept of a query; what was written stays",
    )
    .argument("<name>", "the training set, finished or not")
    .addHelpText("after", "\nExample:\n  icecore training-set remove orders")
    .action((name: string, _, self: Command) =>
      withStore(terminal, self, async ({ store, output }) => {
        const views = await store.removeTrainingSet(name);
        output.result(
          { name, views },
          () => `Forgot "${name}": ${plural(views.length, "view")} no longer kept for it.`,
        );
      }),
    );
}

function showStep(bar: ProgressBar): (step: RetrievalStep) => void {
  return ({ label, index, total }) => bar.update(index, total, label);
}
