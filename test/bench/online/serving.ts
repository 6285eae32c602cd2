import { startRedis } from "../../../packages/online-sync/src/testing/index.ts";
import { markdownTable } from "../report.ts";
import { inProcess, inPython } from "../run.ts";
import type { BareRequest } from "./bare-process.ts";
import { benchRepo, featureNames, viewName } from "./bench-repo.ts";
import { compareLoads, load, shownLoad } from "./load.ts";
import type { Materialized } from "./materialize-process.ts";
import { type Server, serveFeast, serveIcecore, serveScript } from "./servers.ts";

const entities = 50_000;

/** `POST /get-online-features` of Icecore and of Feast's Python server, on the same Redis. */
export async function serving(feastPython: string): Promise<string> {
  const { folder, parquet } = await benchRepo(entities);
  await using redis = await startRedis("redis-server");
  const { connectionString } = redis;
  await inProcess<Materialized>(import.meta.url, "materialize-process", { folder, connectionString, layout: "feast" });
  const repo = `${folder}/feast`;
  await inPython(feastPython, import.meta.url, "feast_repo", { repo, parquet, connectionString, materialize: false });
  await using ours = await serveIcecore(folder, connectionString);
  await using theirs = await serveFeast(feastPython, repo);
  await using bare = await serveBare(ours.url, redis.port);
  const rows: string[][] = [];
  for (const [rowsPerRequest, connections] of [
    [1, 1],
    [1, 16],
    [100, 1],
    [100, 16],
  ] as const) {
    const request = { path: "/get-online-features", body: () => body(rowsPerRequest), connections };
    const loads = [await load(ours.url, request), await load(theirs.url, request)] as const;
    const least = rowsPerRequest === 1 ? [shownLoad(await load(bare.url, request))] : [""];
    rows.push([String(rowsPerRequest), String(connections), ...compareLoads(...loads), ...least]);
    console.error(rows.at(-1)?.join(" | "));
  }
  return [
    "### Feature server",
    "",
    "`POST /get-online-features` of Icecore (one process, layout feast) and of `feast serve` 0.66.0 (one worker) on the same Redis: ten features, the same load generator one after the other. What no server in Node can beat is beside them: `node:http`, one HMGET on a bare socket, and an answer of the same length that is ready.",
    "",
    markdownTable(["entities", "connections", "Icecore", "Feast", "requests", "p99", "bare node:http"], rows),
  ].join("\n");
}

function body(rows: number): string {
  const ids = Array.from({ length: rows }, () => Math.floor(Math.random() * entities));
  return JSON.stringify({ features: featureNames.map((name) => `${viewName}:${name}`), entities: { driver_id: ids } });
}

/** Answers that are as long as the other's. */
async function serveBare(url: string, redisPort: number): Promise<Server> {
  const answer = await fetch(`${url}/get-online-features`, { method: "POST", body: body(1) });
  const request: BareRequest = { redisPort, answerBytes: (await answer.arrayBuffer()).byteLength };
  return serveScript("bare-process", request);
}
