import { main } from "../../packages/api/src/cli/main.ts";

/** What a run of the command line left behind. */
export interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run is given, and who hears of it before it ends. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly onStderr?: (text: string) => void;
}

/** Runs `icecore` in this process, as a shell without a terminal would. */
export function icecore(...args: readonly string[]): Promise<Run> {
  return runIcecore(args);
}

/** The same, with an environment. */
export async function runIcecore(
  args: readonly string[],
  { env = {}, onStderr = () => {} }: RunOptions = {},
): Promise<Run> {
  const [stdout, stderr]: [Buffer[], string[]] = [[], []];
  const terminal = {
    argv: ["node", "icecore", ...args],
    env,
    stdout: { write: (text: string | Uint8Array) => stdout.push(Buffer.from(text)) },
    stderr: {
      write: (text: string | Uint8Array) => {
        stderr.push(String(text));
        onStderr(String(text));
      },
    },
    exitCode: 0,
  };
  await main(terminal);
  return { exitCode: terminal.exitCode, stdout: Buffer.concat(stdout).toString(), stderr: stderr.join("") };
}

/** Runs `icecore` and fails loudly where it fails. Gives stdout. */
export async function icecoreOk(...args: readonly string[]): Promise<string> {
  const run = await icecore(...args);
  if (run.exitCode !== 0) throw new Error(`icecore ${args.join(" ")} exited ${run.exitCode}: ${run.stderr}`);
  return run.stdout;
}
