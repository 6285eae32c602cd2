import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const script = fileURLToPath(new URL("./icecore-main.ts", import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** Starts `icecore` in a process of its own, on source as the tests are: one that can be killed. */
export function startIcecore(environment: Readonly<Record<string, string>>, ...args: readonly string[]): ChildProcess {
  const node = ["--conditions=@icecore/source", "--import", tsx, script, ...args];
  return spawn(process.execPath, node, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...environment } });
}
