import { Command } from "commander";
import { doctorCommand } from "./commands/doctor.ts";
import {
  addFeatureCommand,
  dropFeatureCommand,
  renameFeatureCommand,
  widenFeatureCommand,
} from "./commands/evolve-feature.ts";
import { historyCommand } from "./commands/history.ts";
import { ingestCommand } from "./commands/ingest.ts";
import { initCommand } from "./commands/init.ts";
import { maintainCommand } from "./commands/maintain.ts";
import { materializeCommand } from "./commands/materialize.ts";
import { onlineCommand } from "./commands/online.ts";
import { applyCommand, planCommand } from "./commands/plan-apply.ts";
import { queryCommand } from "./commands/query.ts";
import { registryCommand } from "./commands/registry.ts";
import { serveCommand } from "./commands/serve.ts";
import { rollbackCommand, tagCommand } from "./commands/snapshots.ts";
import { teardownCommand } from "./commands/teardown.ts";
import { trainingSetCommand } from "./commands/training-set.ts";
import { addCompletion } from "./completion.ts";
import type { Terminal } from "./terminal.ts";

/**
 * The `icecore` command with all its subcommands. Each run declares them all, were it for `--help` or for a shell that
 * completes a word. So a command's file imports at its top what declarations need, and types; what its action needs
 * besides, the action imports.
 */
export function createProgram(terminal: Terminal): Command {
  const program = new Command("icecore")
    .description("An Iceberg-native feature store: define features once, train on snapshots, serve the latest.")
    .version("0.1.0")
    .option("--repo <dir>", "the feature repository", ".")
    .option("--json", "print one JSON document on stdout and nothing else there")
    .option("--debug", "show where an error came from")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    })
    .showHelpAfterError("(add --help for usage)");
  const commands = [
    initCommand,
    planCommand,
    applyCommand,
    ingestCommand,
    addFeatureCommand,
    renameFeatureCommand,
    widenFeatureCommand,
    dropFeatureCommand,
    registryCommand,
    historyCommand,
    tagCommand,
    rollbackCommand,
    maintainCommand,
    queryCommand,
    trainingSetCommand,
    materializeCommand,
    onlineCommand,
    serveCommand,
    teardownCommand,
    doctorCommand,
  ];
  for (const create of commands) program.addCommand(inheritSettings(create(terminal), program));
  addCompletion(program);
  return program;
}

/** Commander hands a program's settings to commands it makes itself, but not to those it is given. */
function inheritSettings(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inheritSettings(child, command);
  return command;
}
