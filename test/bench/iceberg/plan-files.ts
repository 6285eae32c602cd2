import { and, greaterThanOrEqual, lessThan, limitManifestCache, type ScanOptions } from "@icecore/iceberg-catalog";
import { peakMemoryMb } from "../peak-memory.ts";
import { firstDay, openCatalog } from "./bench-table.ts";

/**
 * What one process measured: the first plan it made, for which all code had to be compiled, and medians of plans that read
 * every manifest again and of plans that found them in the cache; and what it took of memory.
 */
export interface Planning {
  readonly files: number;
  readonly firstMs: number;
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
  /** `none`: no manifest is kept. */
  readonly cache: "default" | "none";
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

let files = 0;
async function timed(): Promise<number> {
  const start = performance.now();
  files = await plan();
  return performance.now() - start;
}

async function medianOfRepeats(fallback: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < request.repeat; i++) times.push(await timed());
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? fallback;
}

if (request.cache === "none") limitManifestCache(table.io, 0);
const firstMs = await timed();
limitManifestCache(table.io, 0);
const coldMs = await medianOfRepeats(firstMs);
limitManifestCache(table.io);
if (request.repeat > 0) await timed();
const warmMs = await medianOfRepeats(firstMs);
const peakMb = peakMemoryMb();
console.log(JSON.stringify({ files, firstMs, coldMs, warmMs, peakMb } satisfies Planning));
