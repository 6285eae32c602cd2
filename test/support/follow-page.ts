import { execFile } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parse } from "yaml";
import { parseConfig } from "../../packages/api/src/config/load-config.ts";
import { type DocBlock, pageBlocks } from "./doc-blocks.ts";
import { DocShell } from "./doc-shell.ts";

const packages = fileURLToPath(new URL("../../packages", import.meta.url));

export interface FollowOptions {
  /** Where the page is followed: a repository, or an empty directory. */
  readonly directory: string;
  /** The Python that runs the page's Python. Without it there must be none, or `elsewhere` says that another test runs it. */
  readonly python?: string;
  /** Languages and lines of shell that another test runs. */
  readonly elsewhere?: readonly string[];
  /** What stands in the page for something else: addresses, passwords. */
  readonly replace?: Readonly<Record<string, string>>;
  /** What is done with blocks of other languages. */
  readonly languages?: Readonly<Record<string, (text: string) => Promise<unknown>>>;
  /** False: `icecore` is what the page itself installs. */
  readonly inProcess?: boolean;
}

/**
 * Does what a page says, from its first block to its last. Blocks with a file's name are written to it; the other ones of
 * `ts` and of `python` are one script each, which runs where the last of them stands.
 * @returns what each block printed
 */
export async function followPage(page: string, options: FollowOptions): Promise<readonly string[]> {
  const { directory, elsewhere = [], replace = {}, inProcess = true } = options;
  await using shell = await DocShell.open(directory, { inProcess });
  const blocks = (await pageBlocks(page)).map((block) => ({ ...block, text: replaced(block.text, replace) }));
  const outputs: string[] = [];
  for (const [index, block] of blocks.entries()) {
    if (elsewhere.includes(block.language)) continue;
    const later = blocks.slice(index + 1).some((other) => isScript(other, block.language));
    if (isScript(block, block.language) && later) continue;
    const script = blocks.filter((other) => isScript(other, block.language)).map(({ text }) => text);
    outputs.push(
      await follow(isScript(block, block.language) ? { ...block, text: script.join("\n") } : block, shell, options),
    );
  }
  return outputs;
}

async function follow(block: DocBlock, shell: DocShell, options: FollowOptions): Promise<string> {
  const { language, file, text } = block;
  if (language === "yaml") checkYaml(text, file, shell.env);
  if (file !== undefined) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return "";
  }
  switch (language) {
    case "sh":
      return runLines(text, shell, options.elsewhere ?? []);
    case "ts":
      return runTypeScript(text, shell, options.directory);
    case "python":
      return runPython(text, shell, options);
    case "json":
      JSON.parse(text);
      return "";
    case "yaml":
    case "text":
      return "";
    default: {
      const other = options.languages?.[language];
      if (other === undefined) throw new Error(`nobody knows how to follow a block of ${language}`);
      await other(text);
      return "";
    }
  }
}

function isScript(block: DocBlock, language: string): boolean {
  return block.language === language && block.file === undefined && ["ts", "python"].includes(language);
}

async function runLines(text: string, shell: DocShell, elsewhere: readonly string[]): Promise<string> {
  const lines = text.replaceAll("\\\n", "").split("\n");
  const printed: string[] = [];
  for (const line of lines.filter((typed) => !/^\s*(#|$)/.test(typed) && !elsewhere.includes(typed))) {
    printed.push(await shell.run(line));
  }
  return printed.join("");
}

/** As in a project that has the packages. */
async function runTypeScript(text: string, shell: DocShell, directory: string): Promise<string> {
  const modules = join(directory, "node_modules/@icecore");
  await mkdir(modules, { recursive: true });
  for (const name of ["api", "feature-registry"]) await symlink(join(packages, name), join(modules, name));
  const script = join(directory, ".doc/script.mts");
  await writeFile(script, shell.here(text));
  const args = ["--conditions=@icecore/source", `--import=${import.meta.resolve("tsx")}`, script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: shell.env });
  return stdout;
}

async function runPython(text: string, shell: DocShell, { python }: FollowOptions): Promise<string> {
  if (python === undefined) throw new Error("the page has Python, and there is no Python to run it with");
  const env = { ...shell.env, PYTHONWARNINGS: "ignore" };
  const options = { env, maxBuffer: 64 * 1024 ** 2 };
  const { stdout } = await promisify(execFile)(python, ["-c", shell.here(text)], options);
  return stdout;
}

/** What has no name is a piece of `feature_store.yaml`. */
function checkYaml(text: string, file: string | undefined, env: Readonly<Record<string, string>>): void {
  if (file !== undefined && file !== "feature_store.yaml") {
    parse(text);
    return;
  }
  const secrets = Object.fromEntries([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => [name, "secret"]));
  const whole = /^project:/m.test(text) ? text : `project: rides\n${text}`;
  parseConfig(whole, file ?? "a piece of feature_store.yaml", { ...secrets, ...env });
}

function replaced(text: string, replace: Readonly<Record<string, string>>): string {
  return Object.entries(replace).reduce((all, [from, to]) => all.replaceAll(from, to), text);
}
