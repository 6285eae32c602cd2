import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const repository = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const files = ["entities.ts", "feature-views.ts", "feature-services.ts", "feature_store.yaml"];

/** A fresh copy of the feature repository to work on, so that the demo changes nothing that is under version control. */
export async function prepareWorkspace(directory: string): Promise<{ readonly onlineStore: "embedded" | "redis" }> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(join(directory, "data"), { recursive: true });
  for (const file of files) await cp(join(repository, file), join(directory, file));
  const redis = await redisIsRunning();
  if (redis) await useRedis(join(directory, "feature_store.yaml"));
  return { onlineStore: redis ? "redis" : "embedded" };
}

async function useRedis(path: string): Promise<void> {
  const text = await readFile(path, "utf8");
  const redis = 'online_store:\n  type: redis\n  connection_string: "localhost:6379"\n';
  await writeFile(path, text.replace(/online_store:\n {2}type: embedded\n/, redis));
}

/** Whether a Redis answers on this machine's usual port. */
function redisIsRunning(): Promise<boolean> {
  return new Promise((found) => {
    const socket = connect({ host: "127.0.0.1", port: 6379, timeout: 500 });
    const finish = (answer: boolean) => {
      socket.destroy();
      found(answer);
    };
    socket.on("connect", () => socket.write("PING\r\n"));
    socket.on("data", (data) => finish(data.toString().startsWith("+PONG")));
    socket.on("error", () => finish(false));
    socket.on("timeout", () => finish(false));
  });
}
