import { Command } from "commander";
import type { VerifiedView } from "../../store/verify-view.ts";
import { withStore } from "../command-context.ts";
import { formatCount, plural } from "../format.ts";
import { parseCount, parseShare } from "../parse-options.ts";
import { type Terminal, toJson } from "../terminal.ts";

interface VerifyCommandOptions {
  readonly sample: number;
  readonly seed?: number;
  readonly threshold: number;
}

export function onlineVerifyCommand(terminal: Terminal): Command {
  return new Command("verify")
    .description("compare the online store with the snapshot it says it holds; exit 1 where too much differs")
    .argument("<view>", "the feature view")
    .option("--sample <count>", "how many entities to draw", parseCount, 10_000)
    .option("--seed <number>", "draw the same entities again", parseCount)
    .option("--threshold <share>", "how many may be missing, stale or mismatched, 0 to 1", parseShare, 0)
    .addHelpText("after", "\nExample:\n  icecore online verify driver_hourly_stats --sample 100000 --threshold 0.001")
    .action((view: string, { threshold, ...options }: VerifyCommandOptions, command: Command) =>
      withStore(terminal, command, async ({ store, output, signal }) => {
        const verified = await store.verify(view, { ...options, signal });
        const passed = verified.faultRate <= threshold;
        output.result({ ...verified, passed }, () => [...report(verified), verdict(verified, threshold)].join("\n"));
        if (!passed) terminal.exitCode = 1;
      }),
    );
}

function report(verified: VerifiedView): readonly string[] {
  const { view, snapshotId, sampled, seed, matching, ahead, expired, missing, stale, mismatched, extra } = verified;
  const share = (count: number) => `${formatCount(count)} (${((100 * count) / Math.max(sampled, 1)).toFixed(2)} %)`;
  return [
    `${view} at snapshot ${snapshotId}: ${plural(sampled, "entity", "entities")} drawn with seed ${seed}`,
    `  matching    ${share(matching)}`,
    `  mismatched  ${share(mismatched)}`,
    `  stale       ${share(stale)}`,
    `  missing     ${share(missing)}`,
    `  ahead       ${share(ahead)}, pushed since`,
    `  expired     ${share(expired)}, past their ttl`,
    `  extra       ${formatCount(extra)} of those online are not in the snapshot`,
    ...verified.differences.map(({ verdict, entity, features }) => {
      const values = features.map(({ name, offline, online }) => `${name} ${text(offline)} != ${text(online)}`);
      return `  ${verdict}: ${toJson(entity, 0)}${values.length > 0 ? `: offline != online: ${values.join(", ")}` : ""}`;
    }),
  ];
}

function verdict({ faultRate, view }: VerifiedView, threshold: number): string {
  if (faultRate <= threshold) return "The online store agrees with the snapshot.";
  return `${(100 * faultRate).toFixed(2)} % differ, more than ${100 * threshold} %; run icecore materialize ${view} --full`;
}

const text = (value: unknown): string => (value === null ? "null" : String(value));
