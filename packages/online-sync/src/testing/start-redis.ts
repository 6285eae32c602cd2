import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A Redis of its own: empty, on a free port of this machine, gone when disposed of. */
export interface TestRedis extends AsyncDisposable {
  readonly port: number;
  /** For the configuration of an online store. */
  readonly connectionString: string;
  /** Kills it. */
  kill(): Promise<void>;
  /** Stops it where it is, so that it answers nobody, until {@link resume}. */
  pause(): void;
  resume(): void;
  /** Starts it again after {@link kill}, on the same port, with what it had on disk. */
  start(): Promise<void>;
  /** Sends it a command, as a person would type it, and waits until it was obeyed. */
  command(text: string): Promise<void>;
}

/** Starts the `redis-server` at `path`, without persistence. `args` are more of its options: `["--maxmemory", "1mb"]`. */
export async function startRedis(path: string, args: readonly string[] = []): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), "icecore-redis-"));
  const port = await findFreePort();
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"];
  let server = await startServer(path, [...options, ...args]);
  const kill = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, "exit");
    server.kill("SIGKILL");
    await exited;
  };
  return {
    port,
    connectionString: `127.0.0.1:${port}`,
    kill,
    start: async () => {
      server = await startServer(path, [...options, ...args]);
    },
    pause: () => void server.kill("SIGSTOP"),
    resume: () => void server.kill("SIGCONT"),
    async command(text) {
      const socket = connect(port, "127.0.0.1");
      socket.write(`${text}\r\n`);
      const [reply] = await once(socket, "data");
      socket.destroy();
      if (!String(reply).startsWith("+")) throw new Error(`redis answered ${String(reply)}`);
    },
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startServer(path: string, args: readonly string[]): Promise<ChildProcess> {
  const server = spawn(path, args, { stdio: ["ignore", "pipe", "inherit"] });
  let log = "";
  for await (const line of createInterface(server.stdout)) {
    log += `${line}\n`;
    if (line.includes("Ready to accept connections")) break;
  }
  if (!log.includes("Ready to accept connections")) throw new Error(`redis-server did not start:\n${log}`);
  server.stdout.resume();
  return server;
}

/** A port that nobody listens on at the moment. */
export async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("a TCP server has an address with a port");
  return address.port;
}
