import { parseDuration } from "@icecore/feature-registry/duration";
import { Command, InvalidArgumentError } from "commander";
import type { MaintainedView } from "../../store/maintain-view.ts";
import { withStore } from "../command-context.ts";
import { formatBytes, plural } from "../format.ts";
import { progressBar } from "../progress.ts";
import type { Terminal } from "../terminal.ts";

interface MaintainOptions {
  readonly compact?: boolean;
  readonly expireOlderThan?: number;
  readonly removeOrphans?: boolean;
  readonly orphansOlderThan: number;
  readonly dryRun?: boolean;
}

const threeDays = 3 * 86_400;

export function maintainCommand(terminal: Terminal): Command {
  return new Command("maintain")
    .description("keep a view's table small and fast; its rows stay the same")
    .argument("<view>", "the feature view")
    .option("--compact", "rewrite small files into large ones, and deleted rows out of their files")
    .option(
      "--expire-older-than <duration>",
      "remove snapshots older than this that no tag keeps, and the files that only they needed: 7d, 36h",
      parseAge,
    )
    .option("--remove-orphans", "remove files that no snapshot needs: leftovers of writers that failed")
    .option(
      "--orphans-older-than <duration>",
      "leave younger files: a writer may be about to need them (default: 3d)",
      parseAge,
      threeDays,
    )
    .option("--dry-run", "say what would be done, and change nothing")
    .addHelpText(
      "after",
      "\nExample:\n  icecore maintain driver_hourly_stats --compact --expire-older-than 7d --remove-orphans",
    )
    .action((view: string, options: MaintainOptions, command: Command) =>
      withStore(terminal, command, async ({ store, output, signal }) => {
        refuseNothing(options);
        const bar = progressBar(output.progressStream, `Compacting ${view}`);
        const done = await store
          .maintain(view, {
            compact: options.compact,
            expireOlderThanSeconds: options.expireOlderThan,
            removeOrphansOlderThanSeconds: options.removeOrphans === true ? options.orphansOlderThan : undefined,
            dryRun: options.dryRun,
            signal,
            onProgress: ({ groups, totalGroups }) => bar.update(groups, totalGroups),
          })
          .finally(() => bar.stop());
        const dryRun = options.dryRun === true;
        for (const { file, reason } of done.failed) output.note(`could not delete ${file}: ${reason}`);
        const { expired, ...others } = done;
        output.result({ view, dryRun, ...expired, ...others }, () => maintainedText(view, done, dryRun));
      }),
    );
}

function refuseNothing({ compact, expireOlderThan, removeOrphans }: MaintainOptions): void {
  if (compact === true || removeOrphans === true || expireOlderThan !== undefined) return;
  throw new InvalidArgumentError("say what to do: --compact, --expire-older-than, --remove-orphans, or several");
}

function maintainedText(
  view: string,
  { compacted, expired, orphans, failed }: MaintainedView,
  dryRun: boolean,
): string {
  const [rewrote, removed] = dryRun ? ["Would rewrite", "Would remove"] : ["Rewrote", "Removed"];
  const lines: string[] = [];
  if (compacted !== undefined) {
    const { rewrittenFiles, rewrittenBytes, addedFiles } = compacted;
    const into = addedFiles === undefined ? "" : ` into ${addedFiles}`;
    lines.push(`${rewrote} ${plural(rewrittenFiles, "data file")} of ${view} (${formatBytes(rewrittenBytes)})${into}.`);
  }
  if (expired !== undefined) {
    const { snapshotIds, files } = expired;
    lines.push(
      `${removed} ${plural(snapshotIds.length, "snapshot")} of ${view}, and ${plural(files.length, "file")} that only they needed.`,
    );
  }
  if (orphans !== undefined) {
    lines.push(
      `${removed} ${plural(orphans.files.length, "file")} that no snapshot of ${view} needs (${formatBytes(orphans.bytes)}).`,
    );
  }
  if (failed.length > 0)
    lines.push(`${plural(failed.length, "file")} could not be deleted; run it again with --remove-orphans.`);
  return lines.join("\n");
}

/** @throws InvalidArgumentError */
function parseAge(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== undefined) return seconds;
  throw new InvalidArgumentError(`"${text}" is no duration; write 90s, 15m, 36h, 7d or 2w`);
}
