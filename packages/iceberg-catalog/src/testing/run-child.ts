import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ChildTask } from "./committing.child.ts";

const script = fileURLToPath(new URL("./committing.child.ts", import.meta.url));

export interface ChildOutcome {
  /** The lines that it printed before it ended: what it knows to have done. */
  readonly acknowledged: readonly string[];
  readonly isKilled: boolean;
}

/** Runs a task in a process of its own until it ends, or is killed at its step. */
export function runChild(task: ChildTask): Promise<ChildOutcome> {
  const args = ["--conditions=@icecore/source", `--import=${import.meta.resolve("tsx")}`, script, JSON.stringify(task)];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      const isKilled = error?.signal === "SIGKILL";
      if (error !== null && !isKilled) reject(new Error(stderr, { cause: error }));
      else resolve({ acknowledged: stdout.split("\n").filter((line) => line !== ""), isKilled });
    });
  });
}
