import { execFile } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

import { runIcecore } from "./icecore.ts";
import { icecoreCommand } from "./icecore-process.ts";
import { type Outlasting, startHere, startInShell } from "./outlasting.ts";

const outlasting = /^(?:\w+=\S+ )*icecore (?:serve|materialize .*--watch)/;

/**
 * A shell that a page is typed into. `icecore` by itself runs in this process, which is quick; everything else in bash, with
 * `icecore` on the path. What runs until it is stopped goes on beside what follows; of a server, port 6566 stands for its own.
 */
export class DocShell implements AsyncDisposable {
  readonly env: Record<string, string>;
  readonly #inProcess: boolean;
  readonly #outlasting: Outlasting[] = [];
  readonly #root = process.cwd();
  #port = 6566;

  private constructor(directory: string, env: Record<string, string>, inProcess: boolean) {
    this.env = env;
    this.#inProcess = inProcess;
    process.chdir(directory);
  }

  /** Without `inProcess`, the page itself has to bring `icecore` onto the path. */
  static async open(directory: string, { inProcess = true } = {}): Promise<DocShell> {
    const { PATH = "", HOME = "" } = process.env;
    if (!inProcess) return new DocShell(directory, { PATH, HOME }, inProcess);
    const bin = join(directory, ".doc/bin");
    await mkdir(bin, { recursive: true });
    const [program, ...args] = icecoreCommand.map((word) => `'${word}'`);
    await writeFile(join(bin, "icecore"), `#!/bin/sh\nexec ${[program, ...args].join(" ")} "$@"\n`);
    await chmod(join(bin, "icecore"), 0o755);
    return new DocShell(directory, { PATH: `${bin}${delimiter}${PATH}`, HOME }, inProcess);
  }

  /** A text of the page with the port that its server really has. */
  here(text: string): string {
    return text.replaceAll(/(localhost|127\.0\.0\.1):6566/g, `$1:${this.#port}`);
  }

  /** Runs a line. Gives what it printed. @throws Error where it fails */
  async run(typed: string): Promise<string> {
    const line = this.here(typed);
    if (line.startsWith("cd ")) {
      process.chdir(line.slice(3));
      return "";
    }
    const [, variable] = /^export (\w+)=/.exec(line) ?? [];
    if (variable !== undefined) {
      this.env[variable] = await this.#bash(`${line}; printf %s "$${variable}"`);
      return "";
    }
    if (outlasting.test(line)) return this.#start(line);
    const words = this.#inProcess ? plainWords(line) : undefined;
    if (words?.[0] !== "icecore") return this.#bash(line);
    const run = await runIcecore(words.slice(1), { env: this.env });
    if (run.exitCode !== 0) throw new Error(`${line}\nexited ${run.exitCode}: ${run.stdout}${run.stderr}`);
    return run.stdout;
  }

  async #bash(line: string): Promise<string> {
    const options = { env: this.env, maxBuffer: 64 * 1024 ** 2 };
    const script = `set -o pipefail\n${line}`;
    const { stdout } = await promisify(execFile)("bash", ["-c", script], options).catch((error) => {
      throw new Error(`${line}\nfailed: ${error.stdout}${error.stderr}`, { cause: error });
    });
    return stdout;
  }

  /** Starts what runs until it is stopped. */
  async #start(typed: string): Promise<string> {
    const line = typed.replace("icecore serve", "icecore serve --port 0");
    const words = this.#inProcess ? plainWords(line) : undefined;
    const started =
      words?.[0] === "icecore" ? await startHere(words.slice(1), this.env) : await startInShell(line, this.env);
    this.#outlasting.push(started);
    this.#port = started.port ?? this.#port;
    return "";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.chdir(this.#root);
    for (const started of this.#outlasting) await started.stop();
  }
}

/** The words of a line that needs no shell; undefined where it does. */
function plainWords(line: string): readonly string[] | undefined {
  const words = [...line.matchAll(/"([^"$`\\]*)"|'([^']*)'|([^\s"'|<>;&$`*~]+)|(\S)/g)];
  if (words.some(([, , , , other]) => other !== undefined)) return undefined;
  return words.map(([, double, single, bare]) => double ?? single ?? bare ?? "");
}
