import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";
import { parseSpelled, type SpelledRow } from "./spelled-rows.ts";

const script = fileURLToPath(new URL("../python/spark.py", import.meta.url));

/** A Spark that runs one statement after the other, and whose default catalog is an Iceberg REST catalog. */
export interface Spark extends AsyncDisposable {
  /** The rows of a statement. @throws Error with what Spark says */
  sql(statement: string): Promise<readonly SpelledRow[]>;
}

type Answer = { readonly rows: readonly SpelledRow[] } | { readonly error: string };

/** Starts Spark, which lives as long as its input is open. `folder` is for what it writes beside tables. */
export async function startSpark(uri: string, folder: string): Promise<Spark> {
  const request = JSON.stringify({ uri, folder, jar: inject("icebergSparkJar") });
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1", SPARK_LOCAL_IP: "127.0.0.1" };
  const child = spawn(inject("sparkPython"), [script, request], { cwd: folder, env, stdio: ["pipe", "pipe", "pipe"] });
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => {
    log = `${log}${chunk}`.slice(-4000);
  });
  const exited = once(child, "exit");
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const { done, value } = await lines.next();
    if (done === true) throw new Error(`Spark ended:\n${log}`);
    return value;
  };
  await nextLine();
  return {
    sql: async (statement) => {
      child.stdin.write(`${JSON.stringify({ sql: statement })}\n`);
      const answer = parseSpelled(await nextLine()) as Answer;
      if ("error" in answer) throw new Error(`${statement}\n${answer.error}`);
      return answer.rows;
    },
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await exited;
    },
  };
}
