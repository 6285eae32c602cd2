import type { Command, Option } from "commander";
import { createProgram } from "../cli/program.ts";
import type { Terminal } from "../cli/terminal.ts";
import { code, fence, generatedPage, table } from "./markdown.ts";

/** `docs/reference/cli.md`: every command, its arguments, options and examples. */
export function cliReference(): string {
  const printed: string[] = [];
  const terminal: Terminal = {
    argv: [],
    env: {},
    stdout: { write: (text) => printed.push(String(text)) },
    stderr: { write: (text) => printed.push(String(text)) },
  };
  const program = createProgram(terminal);
  const helpOf = (command: Command): string => {
    printed.length = 0;
    command.outputHelp();
    return printed.join("");
  };
  return generatedPage("Command line: icecore", "packages/api/src/cli", [
    "Exit code 0: done; 1: failed; 2: wrong usage. An error is one line that says what, why and the mend.",
    "Every command takes these options:",
    optionTable(program.options.filter(({ long }) => long !== "--version")),
    ...leaves(program, []).map(([path, command]) => commandSection(path, command, afterHelp(command, helpOf(command)))),
  ]);
}

type NamedCommand = readonly [path: string, command: Command];

/** The commands that do something, by their full name. */
function leaves(command: Command, path: readonly string[]): readonly NamedCommand[] {
  const here = [...path, command.name()];
  const shown = command.commands.filter((child) => !["help", "complete"].includes(child.name()));
  return shown.length === 0 ? [[here.join(" "), command]] : shown.flatMap((child) => leaves(child, here));
}

function commandSection(path: string, command: Command, after: string): string {
  const [notes = "", examples = ""] = after.split(/^Examples?:\n/m);
  const { registeredArguments } = command;
  const rows = registeredArguments.map((argument) => [
    code(bracketed(argument.name(), argument.required, argument.variadic)),
    argument.description,
  ]);
  return [
    `## ${path}`,
    sentence(command.description()),
    table(["argument", "what it is"], rows),
    optionTable(command.options),
    notes.trim().replaceAll("\n", " "),
    examples === "" ? "" : fence("sh", examples.trimEnd().replaceAll(/^ {2}/gm, "")),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function bracketed(name: string, required: boolean, variadic: boolean): string {
  const text = `${name}${variadic ? "..." : ""}`;
  return required ? `<${text}>` : `[${text}]`;
}

function optionTable(options: readonly Option[]): string {
  return table(["option", "what it does", "default"], options.map(optionRow));
}

function optionRow(option: Option): readonly string[] {
  const { flags, description, mandatory, argChoices, defaultValue, negate } = option;
  const choices = argChoices === undefined ? "" : ` (${argChoices.map(code).join(", ")})`;
  // Some say it themselves, in the words that are typed.
  const isSaid = defaultValue === undefined || negate || description.includes("(default:");
  const fallback = isSaid ? "" : code(String(defaultValue));
  return [code(flags), `${description}${choices}`, mandatory ? "required" : fallback];
}

/** What a command's help says after what Commander says itself. */
function afterHelp(command: Command, help: string): string {
  return help.slice(command.helpInformation().length).trim();
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
