import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const repository = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const definitions = ["entities.ts", "feature-views.ts", "feature-services.ts"];

/**
 * A fresh copy of the feature repository to work on, so that the demo changes nothing that is under version control.
 * `configuration` is the `feature_store.yaml` to put there. Default: the repository's own, with Redis where one runs.
 */
export async function prepareWorkspace(directory: string, configuration: string | undefined): Promise<void> {
  // Read first: it may be the one that an earlier run left in the directory.
  const config = await (configuration === undefined ? ownConfiguration() : readFile(configuration, "utf8"));
  await rm(directory, { recursive: true, force: true });
  await mkdir(join(directory, "data"), { recursive: true });
  for (const file of definitions) await cp(join(repository, file), join(directory, file));
  await writeFile(join(directory, "feature_store.yaml"), config);
}

async function ownConfiguration(): Promise<string> {
  const text = await readFile(join(repository, "feature_store.yaml"), "utf8");
  if (!(await redisIsRunning())) return text;
  const redis = 'online_store:\n  type: redis\n  connection_string: "localhost:6379"\n';
  return text.replace(/online_store:\n {2}type: embedded\n/, redis);
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
