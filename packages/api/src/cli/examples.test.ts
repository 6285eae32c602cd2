import type { Command } from "commander";
import { expect, it } from "vitest";
import { cliReference } from "../reference/cli-reference.ts";
import { createProgram } from "./program.ts";

const sections = cliReference()
  .split(/^## /m)
  .slice(1)
  .map((text) => ({
    name: text.split("\n")[0],
    examples: /```sh\n([\s\S]*?)\n```/.exec(text)?.[1]?.split("\n") ?? [],
  }));

const silent = { write: () => true };

/** The arguments of `icecore` in a line of shell. */
function argumentsIn(line: string): readonly string[] {
  const [, typed = ""] = /icecore (.*?)(?: > \S+|\))?$/.exec(line) ?? [];
  return [...typed.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
}

function disarm(command: Command): void {
  if (command.commands.length === 0) command.action(() => {});
  command.commands.forEach(disarm);
}

it("every command has an example", () => {
  expect(sections.filter(({ examples }) => examples.length === 0)).toEqual([]);
});

it("every example is what its command takes", async () => {
  for (const { name, examples } of sections) {
    for (const line of examples) {
      const program = createProgram({ argv: [], env: {}, stdout: silent, stderr: silent });
      disarm(program);
      const words = argumentsIn(line);
      await program.parseAsync(["node", "icecore", ...words]);
      expect(`icecore ${words.join(" ")}`, line).toContain(name);
    }
  }
});
