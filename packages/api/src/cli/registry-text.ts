import type { Definitions, RegistryVersion } from "@icecore/feature-registry";
import { formatDuration } from "@icecore/feature-registry/duration";
import type { RegistryEntry } from "../store/registry-history.ts";
import { changeText } from "./definition-changes.ts";
import { formatTime } from "./format.ts";
import type { Output } from "./terminal.ts";

/** What each version changed, newest first. */
export function historyText(history: readonly RegistryEntry[], output: Output): string {
  if (history.length === 0) return "Nothing was applied yet: run icecore apply.";
  const versions = history.map(({ version, appliedAt, changes }) => [
    output.colors.bold(`Version ${version}, ${formatTime(appliedAt)}`),
    ...changes.map((change) => changeText(change, change.details, output)),
  ]);
  return versions.map((lines) => lines.join("\n")).join("\n\n");
}

/** The definitions in force as tables. */
export function registryText({ version, definitions }: RegistryVersion, output: Output): string {
  const { entities, featureServices } = definitions;
  return [
    output.colors.bold(`Version ${version}`),
    output.table(
      ["ENTITY", "JOIN KEYS", "OWNER", "DESCRIPTION"],
      entities.map(({ name, joinKeys, owner, description }) => [
        name,
        joinKeys.map((key) => `${key.name} ${key.type}`).join(", "),
        owner,
        description,
      ]),
    ),
    viewsText(definitions, output),
    output.table(
      ["FEATURE SERVICE", "READS", "OWNER", "DESCRIPTION"],
      featureServices.map(({ name, projections, owner, description }) => [
        name,
        projections.map(({ view, alias }) => (alias === undefined ? view : `${view} as ${alias}`)).join(", "),
        owner,
        description,
      ]),
    ),
  ].join("\n\n");
}

function viewsText({ featureViews }: Definitions, output: Output): string {
  return output.table(
    ["FEATURE VIEW", "ENTITIES", "FEATURES", "TTL", "ONLINE", "OWNER"],
    featureViews.map(({ name, entities, features, ttlSeconds, online, owner }) => [
      name,
      entities.join(", "),
      features.map((feature) => `${feature.name} ${feature.type}`).join(", "),
      ttlSeconds === undefined ? "" : formatDuration(ttlSeconds),
      online ? "yes" : "no",
      owner,
    ]),
  );
}
