import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startRedis } from "../../../packages/online-sync/src/testing/index.ts";
import { markdownTable } from "../report.ts";
import { inProcess, inPython } from "../run.ts";
import { benchRepo, featureNames, viewName } from "./bench-repo.ts";
import { type Load, load } from "./load.ts";
import type { Materialized } from "./materialize-process.ts";

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
  const rows: string[][] = [];
  for (const [rowsPerRequest, connections] of [
    [1, 1],
    [1, 16],
    [100, 1],
    [100, 16],
  ] as const) {
    const request = { body: () => body(rowsPerRequest), connections };
    const loads: [Load, Load] = [await load(ours.url, request), await load(theirs.url, request)];
    rows.push([String(rowsPerRequest), String(connections), ...compare(...loads)]);
    console.error(rows.at(-1)?.join(" | "));
  }
  return [
    "### Feature server",
    "",
    "`POST /get-online-features` of Icecore (one process, layout feast) and of `feast serve` 0.66.0 (one worker) on the same Redis: ten features, the same load generator one after the other.",
    "",
    markdownTable(["entities", "connections", "Icecore", "Feast", "requests", "p99"], rows),
  ].join("\n");
}

function compare(ours: Load, theirs: Load): string[] {
  const shown = ({ perSecond, p50, p99 }: Load) =>
    `${perSecond.toFixed(0)}/s, ${p50.toFixed(2)} / ${p99.toFixed(2)} ms`;
  const [more, less] = [ours.perSecond / theirs.perSecond, ours.p99 / theirs.p99];
  return [shown(ours), shown(theirs), `${more.toFixed(1)}x`, `${less.toFixed(2)}x`];
}

function body(rows: number): string {
  const ids = Array.from({ length: rows }, () => Math.floor(Math.random() * entities));
  return JSON.stringify({ features: featureNames.map((name) => `${viewName}:${name}`), entities: { driver_id: ids } });
}

interface Server extends AsyncDisposable {
  readonly url: string;
}

async function serveIcecore(folder: string, connectionString: string): Promise<Server> {
  const script = fileURLToPath(new URL("./serve-process.ts", import.meta.url));
  const args = [...process.execArgv, script, JSON.stringify({ folder, connectionString })];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  for await (const url of createInterface(child.stdout)) return { url, ...endOf(child) };
  throw new Error("the server of Icecore did not start");
}

async function serveFeast(python: string, repo: string): Promise<Server> {
  const port = await freePort();
  const feast = python.replace(/python$/, "feast");
  const options = ["--port", String(port), "--no-access-log", "--max-requests", "0"];
  const child = spawn(feast, ["-c", repo, "serve", ...options], { stdio: ["ignore", "ignore", "ignore"] });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 300; tries++) {
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.ok) return { url, ...endOf(child) };
    await delay(200);
  }
  throw new Error("the server of Feast did not start");
}

function endOf(child: ChildProcess): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await Promise.race([exited, delay(3000).then(() => child.kill("SIGKILL"))]);
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}
