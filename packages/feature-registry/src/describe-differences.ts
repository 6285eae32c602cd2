import type { Definition, Entity, Feature, Projection } from "./definitions.ts";
import { formatDuration } from "./duration.ts";

/** What differs between two versions of one definition, a short line each. */
export function describeDifferences(before: Definition, after: Definition): readonly string[] {
  const lines = changed("owner", before.owner, after.owner);
  lines.push(...changed("description", before.description, after.description));
  lines.push(...changed("tags", sorted(before.tags), sorted(after.tags)));
  if (before.kind === "feature_view" && after.kind === "feature_view") {
    lines.push(...changed("entities", before.entities.join(", "), after.entities.join(", ")));
    lines.push(...changed("ttl", ttlText(before.ttlSeconds), ttlText(after.ttlSeconds)));
    lines.push(...changed("online", String(before.online), String(after.online)));
    lines.push(...changed("source", before.source?.name ?? "its own table", after.source?.name ?? "its own table"));
    lines.push(...changed("push source", before.pushSource ?? before.name, after.pushSource ?? after.name));
    lines.push(...featureDifferences(before.features, after.features));
  }
  if (before.kind === "data_source" && after.kind === "data_source") {
    lines.push(...changed("table", before.table, after.table));
    lines.push(...changed("field mapping", sorted(before.fieldMapping), sorted(after.fieldMapping)));
  }
  if (before.kind === "feature_service" && after.kind === "feature_service") {
    lines.push(...projectionDifferences(before.projections, after.projections));
  }
  if (before.kind === "entity" && after.kind === "entity") {
    lines.push(...changed("join keys", keysText(before), keysText(after)));
  }
  return lines;
}

function changed(what: string, before: string, after: string): string[] {
  return before === after ? [] : [`${what}: ${before} -> ${after}`];
}

/** In one order: definitions do not differ by the order of their tags. */
function sorted(texts: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** Projections that came and went; of those that stay, only the order can differ. */
function projectionDifferences(before: readonly Projection[], after: readonly Projection[]): string[] {
  const [old, now] = [before.map(projectionText), after.map(projectionText)];
  const gone = old.filter((text) => !now.includes(text)).map((text) => `- reads ${text}`);
  const come = now.filter((text) => !old.includes(text)).map((text) => `+ reads ${text}`);
  const lines = [...gone, ...come];
  return lines.length === 0 ? changed("order of reads", old.join("; "), now.join("; ")) : lines;
}

function projectionText({ view, alias, features, joinKeyMap }: Projection): string {
  const keys = Object.entries(joinKeyMap).map(([key, column]) => `${key} from ${column}`);
  const name = alias === undefined ? view : `${view} as ${alias}`;
  return `${name}: ${features.join(", ") || "no features"}${keys.length === 0 ? "" : ` (${keys.join(", ")})`}`;
}

function keysText({ joinKeys }: Entity): string {
  return joinKeys.map(({ name, type }) => `${name} ${type}`).join(", ");
}

function ttlText(seconds: number | undefined): string {
  return seconds === undefined ? "none" : formatDuration(seconds);
}

function featureDifferences(before: readonly Feature[], after: readonly Feature[]): string[] {
  const formerNames = new Map(
    after.flatMap(({ name, renamedFrom }) => (renamedFrom === undefined ? [] : [[name, renamedFrom]])),
  );
  const isRenamed = (name: string) => !before.some((f) => f.name === name) && formerNames.has(name);
  const renamed = after.filter(({ name }) => isRenamed(name)).map(({ renamedFrom }) => renamedFrom);
  const names = [...new Set([...before, ...after].map((feature) => feature.name))].filter(
    (name) => !renamed.includes(name),
  );
  const lines = names.flatMap((name) => {
    const formerName = isRenamed(name) ? formerNames.get(name) : name;
    const [old, now] = [before.find((f) => f.name === formerName), after.find((f) => f.name === name)];
    if (old === undefined) return [`+ ${name} ${now?.type}`];
    if (now === undefined) return [`- ${name} ${old.type}`];
    return [
      ...(old.name === name ? [] : [`${old.name} is renamed to ${name}`]),
      ...changed(`${name} type`, old.type, now.type),
      ...changed(`${name} description`, old.description ?? "", now.description ?? ""),
      ...changed(`${name} default`, String(old.default ?? null), String(now.default ?? null)),
    ];
  });
  const order = (features: readonly Feature[]) => features.map((feature) => feature.name).join(", ");
  return lines.length === 0 ? changed("order of features", order(before), order(after)) : lines;
}
