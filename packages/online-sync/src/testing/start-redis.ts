import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A Redis of its own: empty, on a free port of this machine, gone when disposed of. */
export interface TestRedis extends AsyncDisposable {
  readonly port: number;
  /** For the configuration of an online store. */
  readonly connectionString: string;
}

/** Starts the `redis-server` at `path`, without persistence. `args` are more of its options: `["--maxmemory", "1mb"]`. */
export async function startRedis(path: string, args: readonly string[] = []): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), "icecore-redis-"));
  const port = await findFreePort();
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"];
  const server = spawn(path, [...options, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(server, "exit");
  let log = "";
  for await (const line of createInterface(server.stdout)) {
    log += `${line}\n`;
    if (line.includes("Ready to accept connections")) break;
  }
  if (!log.includes("Ready to accept connections")) throw new Error(`redis-server did not start:\n${log}`);
  server.stdout.resume();
  return {
    port,
    connectionString: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.kill("SIGKILL");
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("a TCP server has an address with a port");
  return address.port;
}
