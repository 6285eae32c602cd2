import type { Command } from "commander";
import type { FeatureStore } from "../store/feature-store.ts";
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
}

/** Runs a command's work on the store of the repository, and closes it whatever happens. */
export async function withStore(
  terminal: Terminal,
  command: Command,
  work: (context: CommandContext) => Promise<void>,
  now?: Date,
): Promise<void> {
  const { repo, json } = command.optsWithGlobals<GlobalOptions>();
  const { openFeatureStore } = await import("../open-feature-store.ts");
  await using store = await openFeatureStore({
    repo,
    environment: terminal.env,
    ...(now === undefined ? {} : { now: () => now }),
  });
  await work({ store, output: new Output(terminal, json === true), repo });
}
