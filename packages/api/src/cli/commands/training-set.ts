import { explainPlan, type RetrievalStep } from "@icecore/offline-store";
import { Command } from "commander";
import { withStore } from "../command-context.ts";
import { formatTime, plural } from "../format.ts";
import { type AtOptions, collect, parseAt, toSelection, withAtOptions } from "../parse-options.ts";
import { type ProgressBar, progressBar } from "../progress.ts";
import type { Terminal } from "../terminal.ts";

interface CreateOptions extends AtOptions {
  readonly spine: string;
  readonly features?: readonly string[];
  readonly service?: string;
  readonly fullFeatureNames?: boolean;
  readonly out: string;
  readonly explain?: boolean;
}

export function trainingSetCommand(terminal: Terminal): Command {
  return new Command("training-set")
    .description("make training sets that are pinned to snapshots, and make them again")
    .addCommand(createCommand(terminal))
    .addCommand(reproduceCommand(terminal))
    .addCommand(listCommand(terminal))
    .addCommand(removeCommand(terminal));
}

function createCommand(terminal: Terminal): Command {
  const command = new Command("create")
    .description("join features to each row of a spine as they were at its time")
    .argument("<name>", "the training set's name; its lock file is NAME.lock.json")
    .requiredOption("--spine <file|sql>", "rows with join keys and a time: a parquet, csv or ndjson file, or a SELECT")
    .option("--features <view:feature,...>", "features to join; repeat for more", collect)
    .option("--service <name>", "a feature service, instead of --features")
    .option("--full-feature-names", "name columns view__feature")
    .requiredOption("--out <file>", "where the rows go: .parquet, .arrow, .csv or .ndjson")
    .option("--explain", "say what was read, what was pruned, and how it was joined");
  return withAtOptions(command).action((name: string, options: CreateOptions, self: Command) =>
    withStore(terminal, self, async ({ store, output }) => {
      const bar = progressBar(output.progressStream, "Joining");
      const { lock, lockPath, plan } = await store
        .createTrainingSet({
          name,
          spine: /^\s*(select|with|from)\s/i.test(options.spine) ? { sql: options.spine } : { files: [options.spine] },
          selection: toSelection(options),
          at: parseAt(options),
          out: options.out,
          onStep: showStep(bar),
        })
        .finally(() => bar.stop());
      if (options.explain === true) output.note(explainPlan(plan));
      output.result(
        { ...lock, lockPath, out: options.out },
        () =>
          `Wrote ${plural(lock.result.rows, "row")} to ${options.out}, pinned by ${lockPath}.\n${lock.result.digest}`,
      );
    }),
  );
}

function reproduceCommand(terminal: Terminal): Command {
  return new Command("reproduce")
    .description("make a training set again and prove that it is the same; exit code 1 if it is not")
    .argument("<name|lockfile>", "the training set")
    .option("--out <file>", "where the rows go")
    .option("--explain", "say what was read, what was pruned, and how it was joined")
    .action((name: string, options: { readonly out?: string; readonly explain?: boolean }, self: Command) =>
      withStore(terminal, self, async ({ store, output }) => {
        const bar = progressBar(output.progressStream, "Joining");
        const made = await store
          .reproduceTrainingSet(name, { out: options.out, onStep: showStep(bar) })
          .finally(() => bar.stop());
        if (options.explain === true) output.note(explainPlan(made.plan));
        output.result(
          { name: made.lock.name, rows: made.rows, digest: made.digest, identical: true, out: options.out ?? null },
          () => `Identical: ${plural(made.rows, "row")}, ${made.digest}`,
        );
      }),
    );
}

function listCommand(terminal: Terminal): Command {
  return new Command("list").description("list the training sets of this repository").action((_, self: Command) =>
    withStore(terminal, self, async ({ store, output }) => {
      const locks = await store.listTrainingSets();
      output.result(locks, () =>
        locks.length === 0
          ? "No training sets yet: make one with icecore training-set create."
          : output.table(
              ["NAME", "CREATED", "ROWS", "VIEWS", "DIGEST"],
              locks.map((lock) => [
                lock.name,
                formatTime(new Date(lock.createdAt)),
                String(lock.result.rows),
                lock.views.map((view) => view.name).join(", "),
                lock.result.digest.slice(0, 19),
              ]),
            ),
      );
    }),
  );
}

function removeCommand(terminal: Terminal): Command {
  return new Command("remove")
    .description("forget a training set: its lock file, and the tags that keep its snapshots; its rows stay")
    .argument("<name>", "the training set, finished or not")
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
