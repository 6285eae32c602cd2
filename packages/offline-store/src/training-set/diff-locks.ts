import type { LockedView, TrainingSetLock } from "./lock.ts";
import { spineText } from "./spine-source.ts";

/** Something that two training sets were made of differently; null where one of them lacks it. */
export interface LockDifference {
  /** `snapshot of driver_stats` */
  readonly what: string;
  readonly a: string | null;
  readonly b: string | null;
}

/** What two training sets were made of, as far as it is different: definitions, features, snapshots, spine, result. */
export function diffLocks(a: TrainingSetLock, b: TrainingSetLock): readonly LockDifference[] {
  return differing(factsOf(a), factsOf(b));
}

type Facts = ReadonlyMap<string, string>;

function differing(a: Facts, b: Facts): readonly LockDifference[] {
  const names = [...new Set([...a.keys(), ...b.keys()])];
  return names
    .map((what) => ({ what, a: a.get(what) ?? null, b: b.get(what) ?? null }))
    .filter((difference) => difference.a !== difference.b);
}

function factsOf(lock: TrainingSetLock): Facts {
  const { registry, spine, result, engines, views } = lock;
  return new Map([
    ["registry", `version ${registry.version} of ${registry.namespace}`],
    ...views.flatMap(viewFacts),
    ["spine", spineText(spine.input)],
    ["spine rows", String(spine.rows)],
    ["spine digest", spine.digest],
    ["filter by created timestamp", String(lock.filterByCreatedTimestamp)],
    ["rows", String(result.rows)],
    ...result.columns.map(({ name, type }) => [`column ${name}`, type] as const),
    ["digest", result.digest],
    ["engines", `icecore ${engines.icecore}, DuckDB ${engines.duckdb}`],
  ]);
}

function viewFacts(view: LockedView): readonly (readonly [string, string])[] {
  const { name } = view;
  return [
    [`table of ${name}`, `${view.table} ${view.tableUuid}`],
    [`snapshot of ${name}`, view.snapshotId ?? "none"],
    [`schema of ${name}`, String(view.schemaId)],
    [`ttl of ${name}`, view.ttlSeconds === null ? "none" : `${view.ttlSeconds} s`],
    [`join keys of ${name}`, view.keyColumns.join(", ")],
    ...view.features.map(({ feature, output }) => [`feature ${name}:${feature}`, output] as const),
  ];
}
