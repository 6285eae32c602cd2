import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** A Java program that serves until it is disposed of. */
export interface JavaServer extends AsyncDisposable {
  readonly uri: string;
}

export interface JavaProgram {
  /** The Java to run it with, where the one that is installed will not do. */
  readonly java?: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a program that serves at `uri`, and waits until `isReady` says yes. */
export async function startJava(
  program: JavaProgram,
  uri: string,
  isReady: () => Promise<boolean>,
): Promise<JavaServer> {
  const { java = "java", args, env } = program;
  const child = spawn(java, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(child, "exit");
  const output = collected(child);
  while (!(await isReady().catch(() => false))) {
    if (child.exitCode !== null) throw new Error(`java ${args.join(" ")} ended:\n${output().slice(-4000)}`);
    await new Promise((done) => setTimeout(done, 100));
  }
  return {
    uri,
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await exited;
    },
  };
}

/** Runs a program to its end, whatever its exit code. */
export async function runJava(args: readonly string[]): Promise<string> {
  const child = spawn("java", args, { stdio: ["ignore", "pipe", "pipe"] });
  const output = collected(child);
  await once(child, "close");
  return output();
}

function collected({ stdout, stderr }: ChildProcess): () => string {
  const chunks: Buffer[] = [];
  for (const stream of [stdout, stderr]) stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}
