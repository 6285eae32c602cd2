import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { ChildTask } from "./committing.child.ts";

export interface ChildOutcome {
  /** The lines that it printed before it ended: what it knows to have done. */
  readonly acknowledged: readonly string[];
  readonly isKilled: boolean;
}

/** The child as one text: a process that loads its modules one by one, from source, takes four times as long to start. */
const program = build({
  entryPoints: [fileURLToPath(new URL("./committing.child.ts", import.meta.url))],
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  write: false,
});

/** Runs a task in a process of its own until it ends, or is killed at its step. */
export async function runChild(task: ChildTask): Promise<ChildOutcome> {
  const [file] = (await program).outputFiles;
  const args = ["--input-type=module", "-", JSON.stringify(task)];
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, args, { cwd: import.meta.dirname }, (error, stdout, stderr) => {
      const isKilled = error?.signal === "SIGKILL";
      if (error !== null && !isKilled) reject(new Error(stderr, { cause: error }));
      else resolve({ acknowledged: stdout.split("\n").filter((line) => line !== ""), isKilled });
    });
    child.stdin?.end(file?.text);
  });
}
