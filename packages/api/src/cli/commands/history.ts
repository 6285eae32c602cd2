import { Command } from "commander";
import { withStore } from "../command-context.ts";
import { formatCount, formatTime } from "../format.ts";
import type { Terminal } from "../terminal.ts";

export function historyCommand(terminal: Terminal): Command {
  return new Command("history")
    .description("list the snapshots of a feature view, newest first")
    .argument("<view>", "the feature view")
    .addHelpText("after", "\nExample:\n  icecore history driver_hourly_stats")
    .action((view: string, _, command: Command) =>
      withStore(terminal, command, async ({ store, output }) => {
        const history = await store.history(view);
        output.result(history, () =>
          history.length === 0
            ? `${view} has no snapshot yet: ingest some rows.`
            : output.table(
                ["SNAPSHOT", "COMMITTED", "OPERATION", "ROWS ADDED", "ROWS", "REFS", "KEY"],
                history.map((entry) => [
                  String(entry.snapshotId),
                  formatTime(entry.committedAt),
                  entry.operation,
                  formatCount(entry.addedRows),
                  formatCount(entry.totalRows),
                  entry.refs.join(", "),
                  keysText(entry.ingestKeys),
                ]),
              ),
        );
      }),
    );
}

/** Pushes that were committed together have many. */
function keysText([first = "", ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${formatCount(others.length)} more`;
}
