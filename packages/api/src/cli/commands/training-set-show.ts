import type { TrainingSetLock } from "@icecore/offline-store";
import { Command } from "commander";
import { withStore } from "../command-context.ts";
import { formatTime, plural } from "../format.ts";
import type { Terminal } from "../terminal.ts";

export function showCommand(terminal: Terminal): Command {
  return new Command("show")
    .description("say what a training set was made of: snapshots, features, spine, digests")
    .argument("<name|lockfile>", "the training set")
    .addHelpText("after", "\nExample:\n  icecore training-set show orders")
    .action((name: string, _, self: Command) =>
      withStore(terminal, self, async ({ store, output }) => {
        const lock = await store.showTrainingSet(name);
        const { spineText } = await import("@icecore/offline-store");
        output.result(lock, () => lockText(lock, spineText(lock.spine.input)));
      }),
    );
}

function lockText(lock: TrainingSetLock, spineInput: string): string {
  const { spine, result, registry, engines, table } = lock;
  const lines: readonly (readonly [string, string])[] = [
    ["name", lock.name],
    ["created", formatTime(new Date(lock.createdAt))],
    ["spine", `${spineInput} (${plural(spine.rows, "row")}, time ${spine.timestampColumn})`],
    ["spine digest", spine.digest],
    ...lock.views.map((view) => [view.name, viewText(view)] as const),
    ...(lock.filterByCreatedTimestamp ? [["seen", "only what had been created by each row's time"] as const] : []),
    ["protected", lock.protected ? "yes: tags keep the snapshots" : `no: ${unprotectedMeans}`],
    ["registry", `version ${registry.version} of ${registry.namespace}`],
    [
      "result",
      `${plural(result.rows, "row")} of ${result.columns.map(({ name, type }) => `${name} ${type}`).join(", ")}`,
    ],
    ["digest", result.digest],
    ...(table === undefined ? [] : [["table", `${table.name} at snapshot ${table.snapshotId}`] as const]),
    ["made by", `icecore ${engines.icecore} with DuckDB ${engines.duckdb}`],
  ];
  const width = Math.max(...lines.map(([label]) => label.length));
  return lines.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join("\n");
}

/** What a catalog without tags means for a training set. */
export const unprotectedMeans =
  "the catalog knows no tags, so that once a snapshot has expired, the training set cannot be made again";

function viewText(view: TrainingSetLock["views"][number]): string {
  const features = view.features.map(({ feature, output }) =>
    feature === output ? feature : `${feature} as ${output}`,
  );
  const ttl = view.ttlSeconds === null ? "no ttl" : `ttl ${view.ttlSeconds} s`;
  return `${view.table} at snapshot ${view.snapshotId ?? "none"}, schema ${view.schemaId}, by ${view.keyColumns.join(", ")}, ${ttl}: ${features.join(", ")}`;
}
