import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type FeatureStore, openFeatureStore } from "@icecore/api";
import { defineEntity, defineFeatureView, groupDefinitions } from "@icecore/feature-registry";
import { Database, quotedString } from "@icecore/iceberg-catalog/duckdb";

export type Layout = "feast" | "packed";

/** As for Feast: `feast_repo.py` says the same. */
const project = "bench";
export const viewName = "driver_stats";
export const featureNames = ["d0", "d1", "d2", "d3", "d4", "f0", "f1", "i0", "l0", "b0"] as const;

const driver = defineEntity({
  name: "driver",
  joinKeys: { driver_id: "long" },
  owner: "bench",
  description: "Whom the features are about.",
});
const view = defineFeatureView({
  name: viewName,
  entities: [driver],
  features: {
    d0: "double",
    d1: "double",
    d2: "double",
    d3: "double",
    d4: "double",
    f0: "float",
    f1: "float",
    i0: "int",
    l0: "long",
    b0: "boolean",
  },
  owner: "bench",
  description: "Ten features of drivers.",
});

/** The rows of so many entities as a Parquet file, and as the history of a view in an embedded catalog; made once. */
export async function benchRepo(entities: number): Promise<{ readonly folder: string; readonly parquet: string }> {
  const folder = fileURLToPath(new URL(`../../../.cache/bench/online-${entities}`, import.meta.url));
  const parquet = join(folder, "rows.parquet");
  const finished = join(folder, "finished");
  if (existsSync(finished)) return { folder, parquet };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  {
    await using database = await Database.open();
    await using session = await database.connect();
    await session.run(`COPY (${rowsSql(entities)}) TO ${quotedString(parquet)} (FORMAT parquet)`);
  }
  await using store = await openBench(folder, "localhost:0", "feast");
  await applyBench(store);
  await store.ingest(viewName, { files: [parquet] });
  writeFileSync(finished, "");
  return { folder, parquet };
}

/** Registers the view. */
export async function applyBench(store: FeatureStore): Promise<void> {
  await store.apply(await store.plan(groupDefinitions([driver, view])));
}

/** The feature store of a repository, with the online store in a Redis. */
export function openBench(folder: string, connectionString: string, layout: Layout): Promise<FeatureStore> {
  const catalog = { type: "embedded", path: ".icecore" } as const;
  const online = { type: "redis", connection_string: connectionString, layout } as const;
  return openFeatureStore({
    repo: folder,
    config: {
      project,
      offline_store: { type: "iceberg", catalog, memory_limit: "2GB" },
      online_store: { ...online, redis_type: "redis", sentinel_master: "mymaster" },
    },
  });
}

/** Two days of each entity; the latest is what is materialized. */
function rowsSql(entities: number): string {
  return `SELECT e.range AS driver_id,
      TIMESTAMPTZ '2026-01-01 00:00:00Z' + to_days(d.range::INTEGER) + to_seconds(e.range % 86400) AS event_timestamp,
      TIMESTAMPTZ '2026-01-03 00:00:00Z' AS created,
      hash(e.range, 0) / 1e10 AS d0, hash(e.range, 1) / 1e10 AS d1, hash(e.range, 2) / 1e10 AS d2,
      hash(e.range, 3) / 1e10 AS d3, hash(e.range, 4) / 1e10 AS d4,
      (e.range % 1000 / 7)::FLOAT AS f0, (e.range % 777 / 3)::FLOAT AS f1,
      (e.range % 100000)::INTEGER AS i0, e.range * 1000 AS l0, e.range % 2 = 0 AS b0
    FROM range(${entities}) e CROSS JOIN range(2) d`;
}

/** A row of each entity, a second later for each number, which is its `i0`. */
export function rowsAt(number: number, entities: number): string {
  return `SELECT driver_id, TIMESTAMPTZ '2026-01-05 00:00:00Z' + to_seconds(${number}) AS event_timestamp, * EXCLUDE (driver_id, event_timestamp, created, i0),
    ${number}::INTEGER AS i0 FROM (${rowsSql(entities)}) WHERE event_timestamp < '2026-01-02 00:00:00Z'`;
}
