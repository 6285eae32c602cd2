import { CommanderError } from "commander";
import { isKnownError } from "../errors.ts";
import { createProgram } from "./program.ts";
import { type Terminal, toJson } from "./terminal.ts";

/** Runs the command line of a process: exit code 0 when done, 1 when it failed, 2 for wrong usage. */
export async function main(terminal: Terminal): Promise<void> {
  const program = createProgram(terminal);
  try {
    await program.parseAsync([...terminal.argv]);
  } catch (error) {
    terminal.exitCode = report(terminal, error);
  }
}

function report(terminal: Terminal, error: unknown): number {
  // Commander has printed its own message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const debug = terminal.argv.includes("--debug");
  const known = isKnownError(error);
  const message = error instanceof Error ? error.message : String(error);
  if (terminal.argv.includes("--json")) {
    terminal.stdout.write(`${toJson({ error: { code: known ? error.code : "INTERNAL", message } })}\n`);
  }
  const prefix = known ? "error" : "internal error (please report it; --debug shows where)";
  terminal.stderr.write(`${prefix}: ${message}\n`);
  if (debug && error instanceof Error) terminal.stderr.write(`${error.stack ?? ""}\n`);
  return 1;
}
