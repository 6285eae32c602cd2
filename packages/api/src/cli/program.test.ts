import type { Command } from "commander";
import { expect, it } from "vitest";
import { createProgram } from "./program.ts";

const silent = { write: () => true };
const program = createProgram({ argv: [], env: {}, stdout: silent, stderr: silent });

function leaves(command: Command, path = ""): readonly (readonly [name: string, command: Command])[] {
  const name = `${path} ${command.name()}`.trim();
  return command.commands.length === 0 ? [[name, command]] : command.commands.flatMap((child) => leaves(child, name));
}

// What the shell's script asks is for nobody else.
const commands = leaves(program).filter(([name]) => name !== "icecore complete");

it.each(commands)("%s says what it does, and shows it with an example", (name, command) => {
  let help = "";
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  expect(command.description()).not.toBe("");
  expect(help).toMatch(/\nExamples?:\n/);
  expect(help.split(/\nExamples?:\n/)[1]).toContain(name);
});
