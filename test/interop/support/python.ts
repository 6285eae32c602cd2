import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { inject } from "vitest";

const folder = fileURLToPath(new URL("../python/", import.meta.url));
const maxBuffer = 256 * 1024 * 1024;

/** Runs a script of `interop/python` with `request` as its argument; what it prints is its answer. */
export async function python<T>(script: string, request: object): Promise<T> {
  const args = [`${folder}${script}.py`, JSON.stringify(request)];
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1", PYTHONWARNINGS: "ignore" };
  const { stdout } = await promisify(execFile)(inject("python"), args, { env, maxBuffer });
  return JSON.parse(stdout) as T;
}
