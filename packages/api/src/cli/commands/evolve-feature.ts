import type { Feature, FeatureDefault } from "@icecore/feature-registry";
import { Command, InvalidArgumentError } from "commander";
import type { EvolvedFeature } from "../../store/evolve-feature.ts";
import type { FeatureStore } from "../../store/feature-store.ts";
import { withStore } from "../command-context.ts";
import type { Terminal } from "../terminal.ts";

interface AddOptions {
  readonly type: string;
  readonly doc?: string;
  readonly default?: string;
}

type Name = readonly [view: string, feature: string];

const everywhere = "its definition file, its table and the registry; no data file is rewritten";

/** `icecore add feature VIEW.NAME --type T`. */
export function addFeatureCommand(terminal: Terminal): Command {
  const feature = featureCommand("add a feature to a view")
    .requiredOption("--type <type>", 'its type, such as long, string or "list<float>"')
    .option("--doc <text>", "what it means")
    .option("--default <value>", "its value for rows from before; null otherwise")
    .addHelpText(
      "after",
      '\nExample:\n  icecore add feature driver_hourly_stats.cancellations --type long --doc "Rides cancelled"',
    )
    .action(([view, name]: Name, options: AddOptions, command: Command) =>
      evolve(terminal, command, `Added ${view}:${name} (${options.type})`, (store) =>
        store.addFeature(view, toFeature(name, options)),
      ),
    );
  return new Command("add").description("add to the feature repository").addCommand(feature);
}

/** `icecore rename feature VIEW.NAME NEW`. */
export function renameFeatureCommand(terminal: Terminal): Command {
  const feature = featureCommand("give a feature another name, in its view and in the services that read it")
    .argument("<new-name>", "what it is called from now on")
    .addHelpText(
      "after",
      "\nIts values stay, and locked training sets keep the old name. The online store has it under the new name after\nthe next icecore materialize.\n\nExample:\n  icecore rename feature driver_hourly_stats.conv_rate acceptance_share",
    )
    .action(([view, name]: Name, to: string, _: unknown, command: Command) =>
      evolve(terminal, command, `Renamed ${view}:${name} to ${to}`, (store) => store.renameFeature(view, name, to)),
    );
  return new Command("rename").description("rename in the feature repository").addCommand(feature);
}

/** `icecore widen feature VIEW.NAME --type T`. */
export function widenFeatureCommand(terminal: Terminal): Command {
  const feature = featureCommand(
    "give a feature a wider type: int to long, float to double, decimal to more digits, a struct to more fields",
  )
    .requiredOption("--type <type>", "its type from now on")
    .addHelpText("after", "\nExample:\n  icecore widen feature driver_hourly_stats.conv_rate --type double")
    .action(([view, name]: Name, { type }: { readonly type: string }, command: Command) =>
      evolve(terminal, command, `Widened ${view}:${name} to ${type}`, (store) => store.widenFeature(view, name, type)),
    );
  return new Command("widen").description("widen in the feature repository").addCommand(feature);
}

/** `icecore drop feature VIEW.NAME --allow-destructive`. */
export function dropFeatureCommand(terminal: Terminal): Command {
  const feature = featureCommand("drop a feature from a view")
    .option("--allow-destructive", "needed: nobody can read the feature afterwards, but in snapshots from before")
    .addHelpText("after", "\nExample:\n  icecore drop feature driver_hourly_stats.acc_rate --allow-destructive")
    .action(([view, name]: Name, { allowDestructive }: { readonly allowDestructive?: boolean }, command: Command) =>
      evolve(terminal, command, `Dropped ${view}:${name}`, (store) =>
        store.dropFeature(view, name, { allowDestructive: allowDestructive === true }),
      ),
    );
  return new Command("drop").description("drop from the feature repository").addCommand(feature);
}

function featureCommand(description: string): Command {
  return new Command("feature")
    .description(`${description}: ${everywhere}`)
    .argument("<view.name>", "the feature view and the feature", parseName);
}

function evolve(
  terminal: Terminal,
  command: Command,
  done: string,
  change: (store: FeatureStore) => Promise<EvolvedFeature>,
): Promise<void> {
  return withStore(terminal, command, async ({ store, output }) => {
    const { view, feature, file, registry } = await change(store);
    output.result(
      { view, feature, file, version: registry.version },
      () =>
        `${done} in ${file}, its table and the registry, now at version ${registry.version}. No data file was rewritten.`,
    );
  });
}

function parseName(text: string): Name {
  const [view, name, ...rest] = text.split(".");
  if (view && name && rest.length === 0) return [view, name];
  throw new InvalidArgumentError(`"${text}" names no feature; write it as VIEW.NAME`);
}

function toFeature(name: string, { type, doc, default: value }: AddOptions): Feature {
  return {
    name,
    type,
    ...(doc === undefined ? {} : { description: doc }),
    ...(value === undefined ? {} : { default: parseDefault(type, value) }),
  };
}

function parseDefault(type: string, text: string): FeatureDefault {
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  if (!["int", "long", "float", "double"].includes(type)) return text;
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value)) throw new InvalidArgumentError(`--default "${text}" is no ${type}`);
  return value;
}
