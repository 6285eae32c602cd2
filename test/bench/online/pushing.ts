import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRedis } from "../../../packages/online-sync/src/testing/index.ts";
import { markdownTable } from "../report.ts";
import { inPython } from "../run.ts";
import { applyBench, benchRepo, featureNames, openBench, viewName } from "./bench-repo.ts";
import { compareLoads, type Load, load, shownLoad } from "./load.ts";
import { serveFeast, serveIcecore } from "./servers.ts";

const entities = 50_000;

/** `POST /push` of Icecore and of Feast's Python server, on the same Redis. */
export async function pushing(feastPython: string): Promise<string> {
  const { parquet } = await benchRepo(entities);
  const folder = await mkdtemp(join(tmpdir(), "icecore-push-"));
  await using redis = await startRedis("redis-server");
  const { connectionString } = redis;
  {
    await using store = await openBench(folder, connectionString, "feast");
    await applyBench(store);
  }
  const repo = `${folder}/feast`;
  await inPython(feastPython, import.meta.url, "feast_repo", { repo, parquet, connectionString, materialize: false });
  await using ours = await serveIcecore(folder, connectionString);
  await using theirs = await serveFeast(feastPython, repo);
  const push = (url: string, source: string, to: string, connections: number): Promise<Load> =>
    load(url, { path: "/push", body: () => body(source, to), connections });
  const rows: string[][] = [];
  for (const connections of [1, 16, 64]) {
    const online = await push(ours.url, viewName, "online", connections);
    const feast = await push(theirs.url, "pushed", "online", connections);
    const both = await push(ours.url, viewName, "online_and_offline", connections);
    rows.push([String(connections), ...compareLoads(online, feast), shownLoad(both)]);
    console.error(rows.at(-1)?.join(" | "));
  }
  await rm(folder, { recursive: true });
  return [
    "### Push",
    "",
    "`POST /push` of one row of ten features, to the same two servers. Feast's online store only; Icecore's also with the history, where what comes together is one commit.",
    "",
    markdownTable(["connections", "Icecore", "Feast", "requests", "p99", "Icecore, online and offline"], rows),
  ].join("\n");
}

function body(source: string, to: string): string {
  const features = Object.fromEntries(featureNames.map((name) => [name, [name === "b0" ? true : 7]]));
  const df = {
    driver_id: [Math.floor(Math.random() * entities)],
    event_timestamp: ["2026-01-05T00:00:00Z"],
    // Feast has to be told; without it, Icecore is to see which push is later.
    ...(source === viewName ? {} : { created: ["2026-01-05T00:00:00Z"] }),
    ...features,
  };
  return JSON.stringify({ push_source_name: source, df, to });
}
