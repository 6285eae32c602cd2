import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { until } from "./start-cluster.ts";
import { findFreePort, startRedis, type TestRedis } from "./start-redis.ts";

/** A master and its replica, which a sentinel watches under the name `main`. */
export interface TestSentinel extends AsyncDisposable {
  /** Of the sentinel. */
  readonly connectionString: string;
  readonly master: TestRedis;
  readonly replica: TestRedis;
}

/** `more`: settings of the sentinel besides. */
export async function startSentinel(path: string, more: readonly string[] = []): Promise<TestSentinel> {
  const master = await startRedis(path);
  const replica = await startRedis(path, ["--replicaof", "127.0.0.1", String(master.port)]);
  const folder = await mkdtemp(join(tmpdir(), "icecore-sentinel-"));
  const port = await findFreePort();
  const file = join(folder, "sentinel.conf");
  const settings = [
    `port ${port}`,
    "bind 127.0.0.1",
    `sentinel monitor main 127.0.0.1 ${master.port} 1`,
    "sentinel down-after-milliseconds main 300",
    "sentinel failover-timeout main 3000",
    ...more,
  ];
  await writeFile(file, `${settings.join("\n")}\n`);
  const sentinel = spawn(path, [file, "--sentinel"], { stdio: "ignore" });
  const password = more.find((setting) => setting.startsWith("requirepass "))?.slice("requirepass ".length);
  const client = new Redis(port, { retryStrategy: () => 50, ...(password === undefined ? {} : { password }) });
  client.on("error", () => {});
  await until(async () => Number(((await client.call("SENTINEL", "replicas", "main")) as unknown[]).length) === 1);
  client.disconnect();
  return {
    connectionString: `127.0.0.1:${port}`,
    master,
    replica,
    async [Symbol.asyncDispose]() {
      const exited = once(sentinel, "exit");
      sentinel.kill("SIGKILL");
      await exited;
      await Promise.all([master, replica].map((server) => server[Symbol.asyncDispose]()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
