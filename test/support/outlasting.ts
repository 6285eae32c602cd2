import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { runIcecore } from "./icecore.ts";

/** A command that runs until it is stopped. */
export interface Outlasting {
  /** The port that it serves on, if it serves. */
  readonly port: number | undefined;
  /** As Ctrl-C. */
  stop(): Promise<void>;
}

type Environment = Readonly<Record<string, string>>;

/** Starts `icecore` in this process, and waits until it says that it runs. */
export async function startHere(args: readonly string[], env: Environment): Promise<Outlasting> {
  const before = process.rawListeners("SIGINT");
  const { heard, onText } = firstWords();
  const ended = runIcecore(args, { env, onStderr: onText });
  const port = await Promise.race([heard, ended.then(({ stderr }) => fail(args.join(" "), stderr))]);
  const listeners = process.rawListeners("SIGINT").filter((listener) => !before.includes(listener));
  return {
    port,
    stop: async () => {
      for (const listener of listeners) listener("SIGINT");
      const { exitCode, stderr } = await ended;
      if (exitCode !== 0) fail(args.join(" "), stderr);
    },
  };
}

/** The same for a line of shell, in processes of its own. */
export async function startInShell(line: string, env: Environment): Promise<Outlasting> {
  const child = spawn("bash", ["-c", line], { env, detached: true, stdio: ["ignore", "ignore", "pipe"] });
  const { heard, onText } = firstWords();
  const said: string[] = [];
  createInterface(child.stderr).on("line", (text) => {
    said.push(text);
    onText(text);
  });
  const exited = once(child, "exit");
  const port = await Promise.race([heard, exited.then(() => fail(line, said.join("\n")))]);
  return {
    port,
    stop: async () => {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGINT");
      await exited;
    },
  };
}

function firstWords(): { readonly heard: Promise<number | undefined>; readonly onText: (text: string) => void } {
  const { promise: heard, resolve } = withResolvers<number | undefined>();
  const onText = (text: string) => {
    const [, port] = /^Serving on http:\/\/.*:(\d+)/.exec(text) ?? [];
    if (port !== undefined) resolve(Number(port));
    if (text.startsWith("Following")) resolve(undefined);
  };
  return { heard, onText };
}

function withResolvers<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

function fail(what: string, said: string): never {
  throw new Error(`${what}\nended: ${said}`);
}
