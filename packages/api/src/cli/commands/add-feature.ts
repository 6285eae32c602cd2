import type { Feature, FeatureDefault } from "@icecore/feature-registry";
import { Command, InvalidArgumentError } from "commander";
import { withStore } from "../command-context.ts";
import type { Terminal } from "../terminal.ts";

interface AddFeatureOptions {
  readonly type: string;
  readonly doc?: string;
  readonly default?: string;
}

export function addFeatureCommand(terminal: Terminal): Command {
  const feature = new Command("feature")
    .description("add a feature to a view: its definition file, its table and the registry; no data file is rewritten")
    .argument("<view.name>", "the feature view and the new feature", parseName)
    .requiredOption("--type <type>", "its type, such as long, double or string")
    .option("--doc <text>", "what it means")
    .option("--default <value>", "its value for rows from before; null otherwise")
    .addHelpText(
      "after",
      '\nExample:\n  icecore add feature driver_hourly_stats.cancellations --type long --doc "Rides cancelled"',
    )
    .action(([view, name]: readonly [string, string], options: AddFeatureOptions, command: Command) =>
      withStore(terminal, command, async ({ store, output }) => {
        const added = await store.addFeature(view, toFeature(name, options));
        const document = { view, feature: added.feature, file: added.file, version: added.registry.version };
        output.result(
          document,
          () =>
            `Added ${view}:${name} (${options.type}) to ${added.file}, its table and the registry, now at version ${added.registry.version}. No data file was rewritten.`,
        );
      }),
    );
  return new Command("add").description("add to the feature repository").addCommand(feature);
}

function parseName(text: string): readonly [string, string] {
  const [view, name, ...rest] = text.split(".");
  if (view && name && rest.length === 0) return [view, name];
  throw new InvalidArgumentError(`"${text}" names no feature; write it as VIEW.NAME`);
}

function toFeature(name: string, { type, doc, default: value }: AddFeatureOptions): Feature {
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
