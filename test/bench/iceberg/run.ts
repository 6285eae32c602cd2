import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Runs a script of this folder in a process of its own; what it prints is its answer. */
export async function inProcess<T>(script: string, request: object): Promise<T> {
  const args = [...process.execArgv, here(`./${script}.ts`), JSON.stringify(request)];
  return answerOf(await promisify(execFile)(process.execPath, args));
}

/** Runs a script of `python/` likewise. */
export async function inPython<T>(python: string, script: string, request: object): Promise<T> {
  return answerOf(await promisify(execFile)(python, [here(`./python/${script}.py`), JSON.stringify(request)]));
}

const answerOf = <T>({ stdout }: { readonly stdout: string }): T =>
  (stdout === "" ? undefined : JSON.parse(stdout)) as T;
