import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startRedis } from "../../../packages/online-sync/src/testing/index.ts";
import { markdownTable } from "../report.ts";
import { inProcess, inPython } from "../run.ts";
import type { BareRequest } from "./bare-process.ts";
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
  await using bare = await serveBare(ours.url, redis.port);
  const rows: string[][] = [];
  for (const [rowsPerRequest, connections] of [
    [1, 1],
    [1, 16],
    [100, 1],
    [100, 16],
  ] as const) {
    const request = { body: () => body(rowsPerRequest), connections };
    const loads: [Load, Load] = [await load(ours.url, request), await load(theirs.url, request)];
    const least = rowsPerRequest === 1 ? [shown(await load(bare.url, request))] : [""];
    rows.push([String(rowsPerRequest), String(connections), ...compare(...loads), ...least]);
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

const shown = ({ perSecond, p50, p99 }: Load) => `${perSecond.toFixed(0)}/s, ${p50.toFixed(2)} / ${p99.toFixed(2)} ms`;

function compare(ours: Load, theirs: Load): string[] {
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

function serveIcecore(folder: string, connectionString: string): Promise<Server> {
  return serveScript("serve-process", { folder, connectionString });
}

/** Answers that are as long as the other's. */
async function serveBare(url: string, redisPort: number): Promise<Server> {
  const answer = await fetch(`${url}/get-online-features`, { method: "POST", body: body(1) });
  const request: BareRequest = { redisPort, answerBytes: (await answer.arrayBuffer()).byteLength };
  return serveScript("bare-process", request);
}

async function serveScript(name: string, request: object): Promise<Server> {
  const script = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, script, JSON.stringify(request)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const url of createInterface(child.stdout)) return { url, ...endOf(child) };
  throw new Error(`the server of ${name} did not start`);
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
