import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Runs a script of `folder` (a URL) in a process of its own; what it prints is its answer. */
export async function inProcess<T>(folder: string, script: string, request: object): Promise<T> {
  const args = [...process.execArgv, fileURLToPath(new URL(`./${script}.ts`, folder)), JSON.stringify(request)];
  return answerOf(await promisify(execFile)(process.execPath, args));
}

/** Runs a script of the folder's `python/` likewise, for so long at most. */
export async function inPython<T>(
  python: string,
  folder: string,
  script: string,
  request: object,
  timeoutMs = 0,
): Promise<T> {
  const path = fileURLToPath(new URL(`./python/${script}.py`, folder));
  return answerOf(await promisify(execFile)(python, [path, JSON.stringify(request)], { timeout: timeoutMs }));
}

const answerOf = <T>({ stdout }: { readonly stdout: string }): T =>
  (stdout === "" ? undefined : JSON.parse(stdout)) as T;

/** The middle of some measurements. */
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
