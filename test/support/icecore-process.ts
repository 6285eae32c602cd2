import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const script = fileURLToPath(new URL("./icecore-main.ts", import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** The command of `icecore` as a process of its own, on source as the tests are. */
export const icecoreCommand = [process.execPath, "--conditions=@icecore/source", "--import", tsx, script] as const;

/** Starts `icecore` in a process of its own: one that can be killed. `environment` comes on top of this process's. */
export function startIcecore(environment: Readonly<Record<string, string>>, ...args: readonly string[]): ChildProcess {
  const [node, ...rest] = icecoreCommand;
  const env = { ...process.env, ...environment };
  return spawn(node, [...rest, ...args], { stdio: ["ignore", "pipe", "pipe"], env });
}
