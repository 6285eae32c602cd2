import { Command, InvalidArgumentError } from "commander";
import type { RegistryState } from "../../store/registry-history.ts";
import { withStore } from "../command-context.ts";
import { parseTime } from "../parse-options.ts";
import type { Terminal } from "../terminal.ts";

interface ShowOptions {
  readonly asOf?: Date;
}

/** `icecore registry history`, `icecore registry show`. */
export function registryCommand(terminal: Terminal): Command {
  return new Command("registry")
    .description("look at the definitions that were applied, and when")
    .addCommand(historyCommand(terminal))
    .addCommand(showCommand(terminal));
}

function historyCommand(terminal: Terminal): Command {
  return new Command("history")
    .description("list every version that was applied, newest first, and what it changed")
    .addHelpText("after", "\nExample:\n  icecore registry history")
    .action((_: unknown, command: Command) =>
      withStore(terminal, command, async ({ store, output }) => {
        const { historyText } = await import("../registry-text.ts");
        const history = await store.registryHistory();
        const document = history.map(({ version, snapshotId, appliedAt, changes }) => ({
          version,
          snapshotId,
          appliedAt: appliedAt.toISOString(),
          changes: changes.map(({ action, definition, details }) => ({
            action,
            kind: definition.kind,
            name: definition.name,
            details,
          })),
        }));
        output.result(document, () => historyText(history, output));
      }),
    );
}

function showCommand(terminal: Terminal): Command {
  return new Command("show")
    .description("show the definitions in force: entities, feature views, feature services")
    .argument("[version]", "as this version has them, see icecore registry history", parseVersion)
    .option("--as-of <time>", "as they were in force at this time (ISO 8601 with a zone)", parseTime)
    .addHelpText(
      "after",
      "\nExamples:\n  icecore registry show\n  icecore registry show 3\n  icecore registry show --as-of 2026-01-31T12:00:00Z",
    )
    .action((version: number | undefined, { asOf }: ShowOptions, command: Command) => {
      const state = toState(version, asOf);
      return withStore(terminal, command, async ({ store, output }) => {
        const { registryText } = await import("../registry-text.ts");
        const registry = await store.registry(state);
        const { version, snapshotId, definitions } = registry;
        output.result({ version, snapshotId, ...definitions }, () => registryText(registry, output));
      });
    });
}

/** @throws InvalidArgumentError */
function parseVersion(text: string): number {
  const version = Number(text);
  if (/^\d+$/.test(text) && version > 0 && Number.isSafeInteger(version)) return version;
  throw new InvalidArgumentError(`"${text}" is no version; write its number, from icecore registry history`);
}

function toState(version: number | undefined, asOf: Date | undefined): RegistryState {
  if (asOf !== undefined && version !== undefined)
    throw new InvalidArgumentError("give a version or --as-of, not both");
  if (asOf !== undefined) return { asOf };
  return version === undefined ? {} : { version };
}
