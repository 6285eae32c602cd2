import type { Command } from "commander";
import { IcecoreError, isKnownError } from "../errors.ts";
import type { FeatureStore } from "../store/feature-store.ts";
import { Interruption } from "./interruption.ts";
import { Output, type Terminal } from "./terminal.ts";

/** Options that every command has. */
export interface GlobalOptions {
  readonly repo: string;
  readonly json?: boolean;
  readonly debug?: boolean;
}

/** What a command works with: an open store and its output. */
export interface CommandContext {
  readonly store: FeatureStore;
  readonly output: Output;
  readonly repo: string;
  /** Aborted by Ctrl-C: work that takes long ends then, and what is short is finished. */
  readonly signal: AbortSignal;
}

/** Runs a command's work on the store of the repository, and closes it whatever happens. */
export async function withStore(
  terminal: Terminal,
  command: Command,
  work: (context: CommandContext) => Promise<void>,
  now?: Date,
): Promise<void> {
  const { repo, json } = command.optsWithGlobals<GlobalOptions>();
  const output = new Output(terminal, json === true);
  using interruption = new Interruption(() => output.note("Coming to an end; Ctrl-C again ends it at once."));
  const { signal } = interruption;
  const { openFeatureStore } = await import("../open-feature-store.ts");
  await using store = await openFeatureStore({
    repo,
    environment: terminal.env,
    ...(now === undefined ? {} : { now: () => now }),
  });
  try {
    await work({ store, output, repo, signal });
  } catch (error) {
    const isEnded = signal.aborted && isKnownError(error) && error.code === "QUERY_TIMED_OUT";
    throw isEnded ? new IcecoreError("INTERRUPTED", "interrupted; nothing was changed", { cause: error }) : error;
  }
}
