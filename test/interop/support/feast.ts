import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";

const script = fileURLToPath(new URL("../python/feast_online.py", import.meta.url));

/** A running Feast. */
export interface Feast extends AsyncDisposable {
  /** Gives what it answers. @throws an Error with Feast's traceback */
  ask<T>(request: object): Promise<T>;
}

/** Starts Feast. Requests are answered one after the other. */
export function startFeast(): Feast {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1", PYTHONWARNINGS: "ignore", FEAST_USAGE: "False" };
  const process_ = spawn(inject("feastPython"), [script], { env, stdio: ["pipe", "pipe", "ignore"] });
  const exited = once(process_, "exit");
  const lines = createInterface(process_.stdout)[Symbol.asyncIterator]();
  return {
    async ask<T>(request: object) {
      process_.stdin.write(`${JSON.stringify(request)}\n`);
      for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
        // Libraries print other things, too.
        if (!line.value.startsWith("reply:")) continue;
        const { answer, error } = JSON.parse(line.value.slice("reply:".length));
        if (error !== undefined) throw new Error(error);
        return answer as T;
      }
      throw new Error("Feast ended");
    },
    async [Symbol.asyncDispose]() {
      process_.stdin.end();
      await exited;
    },
  };
}
