import type { RowDifferences } from "@icecore/offline-store";
import { Command } from "commander";
import type { TrainingSetDiff } from "../../store/training-sets.ts";
import { withStore } from "../command-context.ts";
import { plural } from "../format.ts";
import type { Output, Terminal } from "../terminal.ts";

export function diffCommand(terminal: Terminal): Command {
  return new Command("diff")
    .description("say how two training sets differ: registry, features, snapshots, spine, and which rows")
    .argument("<a>", "a training set, by name or lock file")
    .argument("<b>", "another one")
    .addHelpText("after", "\nExample:\n  icecore training-set diff january february")
    .option("--no-rows", "compare the lock files only; rows take making both sets again")
    .addHelpText("after", "\nExample:\n  icecore training-set diff orders newest")
    .action((a: string, b: string, { rows }: { readonly rows: boolean }, self: Command) =>
      withStore(terminal, self, async ({ store, output, signal }) => {
        const diff = await store.diffTrainingSets([a, b], { rows, signal });
        output.result(diff, () => diffText(diff, [a, b], output));
      }),
    );
}

function diffText({ differences, rows }: TrainingSetDiff, [a, b]: readonly [string, string], output: Output): string {
  const made =
    differences.length === 0
      ? "Made of the same."
      : output.table(
          ["", a, b],
          differences.map((difference) => [difference.what, difference.a ?? "-", difference.b ?? "-"]),
        );
  return rows === undefined ? made : `${made}\n${rowsText(rows, [a, b])}`;
}

function rowsText(rows: RowDifferences, [a, b]: readonly [string, string]): string {
  const how = rows.matchedBy === "position" ? "by their position in the same spine" : "by the columns of their spines";
  const lines = [
    `${plural(rows.matched, "row")} matched ${how}, ${rows.onlyInA} only in ${a}, ${rows.onlyInB} only in ${b}.`,
    ...rows.changed.map(
      ({ column, rows: changed, firstRow }) =>
        `${column}: ${plural(changed, "row")} changed, the first is row ${firstRow} of ${a} (from 0)`,
    ),
  ];
  return [...lines, ...(rows.changed.length === 0 ? ["No feature that both have changed."] : [])].join("\n");
}
