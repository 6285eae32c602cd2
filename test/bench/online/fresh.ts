import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { FeatureStore } from "@icecore/api";
import { startRedis } from "../../../packages/online-sync/src/testing/start-redis.ts";
import { markdownTable } from "../report.ts";
import { applyBench, type Layout, openBench, rowsAt, viewName } from "./bench-repo.ts";
import type { WatchRequest } from "./watch-process.ts";

const entities = 100_000;
const commits = 20;
const pauseMs = 700;

/** From a commit of 100,000 rows to all of them readable in Redis, which another process sees to. */
export async function fresh(): Promise<string> {
  const rows: string[][] = [];
  for (const layout of ["feast", "packed"] as const) {
    rows.push([layout, ...(await lags(layout)).map((lag) => `${lag.toFixed(0)} ms`)]);
    console.error(rows.at(-1)?.join(" | "));
  }
  return [
    "### Freshness",
    "",
    `${commits} commits of ${entities.toLocaleString("en")} rows each, one after the other, to a view that \`materialize --watch\` of another process follows: from the end of the commit until the last row can be read from Redis.`,
    "",
    markdownTable(["layout", "p50", "slowest"], rows),
  ].join("\n");
}

async function lags(layout: Layout): Promise<readonly [p50: number, slowest: number]> {
  const folder = await mkdtemp(join(tmpdir(), "icecore-fresh-"));
  await using redis = await startRedis("redis-server");
  await using store = await openBench(folder, redis.connectionString, layout);
  await applyBench(store);
  await store.ingest(viewName, { sql: rowsAt(0, entities) });
  const request: WatchRequest = { folder, connectionString: redis.connectionString, layout };
  const script = fileURLToPath(new URL("./watch-process.ts", import.meta.url));
  const watching = fork(script, [JSON.stringify(request)], { execArgv: process.execArgv });
  await once(watching, "message");
  const found: number[] = [];
  for (let commit = 1; commit <= commits; commit++) {
    await store.ingest(viewName, { sql: rowsAt(commit, entities) });
    const committed = performance.now();
    while ((await oldest(store)) < commit) await setTimeout(5);
    found.push(performance.now() - committed);
    // Another moment of the watch's rhythm each time.
    await setTimeout(pauseMs + commit * 17);
  }
  watching.kill("SIGTERM");
  await once(watching, "exit");
  await rm(folder, { recursive: true });
  found.sort((a, b) => a - b);
  return [found[Math.floor(found.length / 2)] ?? 0, found.at(-1) ?? 0];
}

/** The oldest commit that any of some entities, in all parts of the view, is of. */
async function oldest(store: FeatureStore): Promise<number> {
  const ids = Array.from({ length: 200 }, (_, i) => ({ driver_id: Math.floor((i * (entities - 1)) / 199) }));
  const { columns } = await store.getOnlineFeatures({ features: [`${viewName}:i0`], entities: ids });
  return Math.min(...(columns[0]?.values ?? []).map((value) => Number(value ?? -1)));
}
