import { type SnapshotId, snapshotId } from "@icecore/iceberg-catalog/ids";
import { Command, InvalidArgumentError } from "commander";
import { withStore } from "../command-context.ts";
import type { Terminal } from "../terminal.ts";

export function tagCommand(terminal: Terminal): Command {
  return new Command("tag")
    .description("name a snapshot of a view: it can be read with --tag, and never expires")
    .argument("<view>", "the feature view")
    .argument("<name>", "the tag")
    .option("--snapshot <id>", "the snapshot; default: the current one", parseSnapshotId)
    .addHelpText("after", "\nExample:\n  icecore tag driver_hourly_stats release-1")
    .action((view: string, tag: string, options: { readonly snapshot?: SnapshotId }, command: Command) =>
      withStore(terminal, command, async ({ store, output }) => {
        const tagged = await store.tag(view, tag, options.snapshot);
        output.result({ view, tag, snapshotId: tagged }, () => `Tagged snapshot ${tagged} of ${view} as "${tag}".`);
      }),
    );
}

export function rollbackCommand(terminal: Terminal): Command {
  return new Command("rollback")
    .description("make an earlier snapshot of a view its current one; later ones are kept until they expire")
    .argument("<view>", "the feature view")
    .requiredOption("--snapshot <id>", "the snapshot, from icecore history VIEW", parseSnapshotId)
    .addHelpText("after", "\nExample:\n  icecore rollback driver_hourly_stats --snapshot 5123456789012345678")
    .action((view: string, options: { readonly snapshot: SnapshotId }, command: Command) =>
      withStore(terminal, command, async ({ store, output }) => {
        await store.rollBack(view, options.snapshot);
        output.result(
          { view, snapshotId: options.snapshot },
          () => `${view} is at snapshot ${options.snapshot} again.`,
        );
      }),
    );
}

function parseSnapshotId(text: string): SnapshotId {
  if (/^\d+$/.test(text)) return snapshotId(BigInt(text));
  throw new InvalidArgumentError(`"${text}" is no snapshot id; take one from icecore history VIEW`);
}
