import { CommanderError, InvalidArgumentError } from "commander";
import { isKnownError, messageOf } from "../errors.ts";
import { createProgram } from "./program.ts";
import { type Terminal, toJson } from "./terminal.ts";

/** Runs the command line of a process: exit code 0 when done, 1 when it failed, 2 for wrong usage. */
export async function main(terminal: Terminal): Promise<void> {
  // Whoever reads our output may have seen enough: `icecore query ... | head`. What is open is closed all the same.
  terminal.stdout.on?.("error", (error) => {
    if (error.code !== "EPIPE") throw error;
  });
  const program = createProgram(terminal);
  try {
    await program.parseAsync([...terminal.argv]);
  } catch (error) {
    terminal.exitCode = report(terminal, error);
  }
}

function report(terminal: Terminal, error: unknown): number {
  // Commander has printed its own message, or the help that was asked for.
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const { code, exitCode } = classify(error);
  const message = printedMessage(error);
  if (terminal.argv.includes("--json")) terminal.stdout.write(`${toJson({ error: { code, message } })}\n`);
  if (!isPrinted(error)) terminal.stderr.write(`${prefixes[code] ?? "error"}: ${message}\n`);
  if (terminal.argv.includes("--debug") && error instanceof Error) terminal.stderr.write(`${error.stack ?? ""}\n`);
  return exitCode;
}

function printedMessage(error: unknown): string {
  // Its help is printed, which is no message.
  if (error instanceof CommanderError && error.code === "commander.help") return "no command was given; see --help";
  const message = messageOf(error);
  return error instanceof CommanderError ? message.replace(/^error: /, "") : message;
}

const prefixes: Readonly<Record<string, string>> = {
  INTERNAL: "internal error (please report it; --debug shows where)",
};

function classify(error: unknown): { readonly code: string; readonly exitCode: number } {
  if (error instanceof CommanderError) return { code: "USAGE", exitCode: 2 };
  return { code: isKnownError(error) ? error.code : "INTERNAL", exitCode: 1 };
}

/** Commander prints what it finds itself; what an action throws as a wrong argument is left to us. */
function isPrinted(error: unknown): boolean {
  return error instanceof CommanderError && !(error instanceof InvalidArgumentError);
}
