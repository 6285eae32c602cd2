import { and, greaterThanOrEqual, lessThan, type ScanOptions } from "@icecore/iceberg-catalog";
import { firstDay, openCatalog } from "./bench-table.ts";

/** What one process measured: the first plan it made, the median of those that followed, and what it took of memory. */
export interface Planning {
  readonly files: number;
  readonly coldMs: number;
  readonly warmMs: number;
  readonly peakMb: number;
}

export interface PlanningRequest {
  readonly path: string;
  readonly selective: boolean;
  /** `plan`: all tasks at once; `stream`: one after the other, and forgotten. */
  readonly how: "plan" | "stream";
  readonly repeat: number;
}

/** One day, and of its files those of the first entities. */
const startOf = (day: number): bigint => BigInt(firstDay + day) * 86_400_000_000n;
const selective: ScanOptions = {
  filter: and(
    greaterThanOrEqual("event_timestamp", startOf(50)),
    lessThan("event_timestamp", startOf(51)),
    lessThan("entity_id", 10_000n),
  ),
};

const request = JSON.parse(process.argv[2] ?? "{}") as PlanningRequest;
await using opened = await openCatalog(request.path);
const table = await opened.load();

async function plan(): Promise<number> {
  const scan = table.scan(request.selective ? selective : {});
  if (request.how === "plan") return (await scan.plan()).tasks.length;
  let files = 0;
  for await (const _ of scan.planFiles()) files++;
  return files;
}

const times: number[] = [];
let files = 0;
for (let i = 0; i <= request.repeat; i++) {
  const start = performance.now();
  files = await plan();
  times.push(performance.now() - start);
}
const [coldMs = 0, ...warm] = times;
const warmMs = warm.sort((a, b) => a - b)[Math.floor(warm.length / 2)] ?? coldMs;
const peakMb = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ files, coldMs, warmMs, peakMb } satisfies Planning));
