import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { findFreePort } from "../../../packages/online-sync/src/testing/start-redis.ts";

/** A server in a process of its own. */
export interface Server extends AsyncDisposable {
  readonly url: string;
}

/** The feature server of a repository. */
export function serveIcecore(folder: string, connectionString: string): Promise<Server> {
  return serveScript("serve-process", { folder, connectionString });
}

/** A script that prints where it serves. */
export async function serveScript(name: string, request: object): Promise<Server> {
  const script = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, script, JSON.stringify(request)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const url of createInterface(child.stdout)) return { url, ...endOf(child) };
  throw new Error(`the server of ${name} did not start`);
}

/** Feast's Python server of a repository, in one worker. */
export async function serveFeast(python: string, repo: string): Promise<Server> {
  const port = await findFreePort();
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
