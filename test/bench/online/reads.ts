import { startRedis } from "../../../packages/online-sync/src/testing/index.ts";
import { markdownTable } from "../report.ts";
import { inProcess } from "../run.ts";
import { benchRepo, featureNames, type Layout, openBench, viewName } from "./bench-repo.ts";
import type { Materialized } from "./materialize-process.ts";
import { command, RawRedis } from "./raw-redis.ts";
import { hashFields, storedKeys } from "./stored-rows.ts";

const entities = 100_000;
/** Until compilers have done with both sides. */
const warmUpTurns = 5;
const turns = 10;
/** So many that the first of a turn, for which the caches hold the other side, are not the slowest of a hundred. */
const readsPerTurn = 1000;

/** Online reads through the SDK, beside the same commands on a bare socket. */
export async function reads(): Promise<string> {
  const rows: string[][] = [];
  for (const layout of ["feast", "packed"] as const) rows.push(...(await readLayout(layout)));
  return [
    "### Online reads",
    "",
    `Ten features of random ones of ${entities.toLocaleString("en")} entities, one request at a time: \`getOnlineFeatures\` in process, values decoded and statuses found, beside the same commands on a bare socket (HMGET pipelined for layout feast, one MGET for layout packed), ready-made, whose replies are parsed and not decoded. They take turns of ${readsPerTurn} requests, ${warmUpTurns} of them to warm up.`,
    "",
    markdownTable(
      ["layout", "entities", "Icecore p50 / p99", "bare socket p50 / p99", "ratio of p50", "ratio of p99"],
      rows,
    ),
  ].join("\n");
}

async function readLayout(layout: Layout): Promise<string[][]> {
  const { folder } = await benchRepo(entities);
  await using redis = await startRedis("redis-server");
  const { connectionString } = redis;
  await inProcess<Materialized>(import.meta.url, "materialize-process", { folder, connectionString, layout });
  await using store = await openBench(folder, connectionString, layout);
  await using raw = await RawRedis.connect(redis.port);
  const names = featureNames.map((name) => `${viewName}:${name}`);
  const keys = await storedKeys(raw, layout);
  const fields = layout === "feast" ? await hashFields(raw, keys[0] as Buffer) : [];
  const bare = (count: number): Read => {
    const some = Array.from({ length: count }, () => keys[Math.floor(Math.random() * keys.length)] as Buffer);
    if (layout === "packed") {
      const bytes = command("MGET", ...some);
      return () => raw.send(bytes, 1);
    }
    const bytes = Buffer.concat(some.map((key) => command("HMGET", key, ...fields)));
    return () => raw.send(bytes, count);
  };
  const ours = (count: number): Read => {
    const driver_id = Array.from({ length: count }, randomId);
    return () => store.getOnlineFeatures({ features: names, entities: { driver_id } });
  };
  const rows: string[][] = [];
  for (const count of [1, 100]) {
    const times = await takeTurns([() => ours(count), () => bare(count)]);
    rows.push([layout, String(count), ...compare(times[0] ?? [], times[1] ?? [])]);
    console.error(rows.at(-1)?.join(" | "));
  }
  return rows;
}

/** A request that is ready to be made: on the bare socket, its bytes are. */
type Read = () => Promise<unknown>;

const randomId = () => Math.floor(Math.random() * entities);

/** Milliseconds of each request of each way, once they are warm. */
async function takeTurns(ways: readonly (() => Read)[]): Promise<readonly (readonly number[])[]> {
  const times = ways.map((): number[] => []);
  for (let turn = 0; turn < warmUpTurns + turns; turn++) {
    for (const [i, way] of ways.entries()) {
      for (let read = 0; read < readsPerTurn; read++) {
        const request = way();
        const started = performance.now();
        await request();
        if (turn >= warmUpTurns) times[i]?.push(performance.now() - started);
      }
    }
  }
  return times;
}

function compare(ours: readonly number[], bare: readonly number[]): string[] {
  const at = (times: readonly number[], share: number) =>
    [...times].sort((a, b) => a - b)[Math.floor(times.length * share)] ?? 0;
  const shown = (times: readonly number[]) => `${at(times, 0.5).toFixed(3)} / ${at(times, 0.99).toFixed(3)} ms`;
  const ratio = (share: number) => `${(at(ours, share) / at(bare, share)).toFixed(2)}x`;
  return [shown(ours), shown(bare), ratio(0.5), ratio(0.99)];
}
