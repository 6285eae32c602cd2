import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  applyPlan,
  defineEntity,
  defineFeatureView,
  type FeatureView,
  groupDefinitions,
  ProjectCatalog,
  planApply,
} from "@icecore/feature-registry";
import { RestCatalog } from "@icecore/iceberg-catalog";
import { appendSelect, Database, quotedString, type Session } from "@icecore/iceberg-catalog/duckdb";
import { openEmbeddedCatalog } from "@icecore/iceberg-catalog/server";

/** How many keys share the rows. */
export interface Size {
  readonly name: string;
  readonly keys: number;
  readonly featureRows: number;
  readonly spineRows: number;
}

export const viewNames = ["first", "second", "third"] as const;
export const ttlDays = 30;
export const features = ["amount", "score", "visits", "active", "segment"] as const;

/** 2024, in microseconds: when everything happens. */
export const yearBegin = 1_704_067_200_000_000n;
export const yearMicros = 31_536_000_000_000n;

const entity = defineEntity({
  name: "user",
  joinKeys: { user_id: "long" },
  owner: "bench",
  description: "Whom the features are about.",
});

const views: readonly FeatureView[] = viewNames.map((name) =>
  defineFeatureView({
    name,
    entities: [entity],
    features: { amount: "double", score: "float", visits: "int", active: "boolean", segment: "string" },
    ttl: `${ttlDays}d`,
    owner: "bench",
    description: "Features of users.",
  }),
);

export interface BenchProject extends AsyncDisposable {
  readonly project: ProjectCatalog;
  readonly views: readonly FeatureView[];
}

/** The project of a size, through the client that everybody uses. */
export async function openBenchProject(folder: string): Promise<BenchProject> {
  const embedded = await openEmbeddedCatalog({ path: join(folder, "catalog") });
  const catalog = await RestCatalog.connect({ uri: "http://embedded", fetch: embedded.fetch });
  const project = new ProjectCatalog(catalog, embedded.io, ["bench"]);
  return { project, views, [Symbol.asyncDispose]: () => embedded.close() };
}

/** The project with its views applied, and no rows. */
export async function openEmptyProject(folder: string): Promise<BenchProject> {
  const opened = await openBenchProject(folder);
  const plan = await planApply(opened.project, groupDefinitions([entity, ...views]));
  await applyPlan(opened.project, plan, { nowMicros: yearBegin + yearMicros });
  return opened;
}

const spinePath = (folder: string): string => join(folder, "spine.parquet");

/** The first rows of a spine. */
export const spineSql = (folder: string, rows: number): string =>
  `SELECT * FROM read_parquet(${quotedString(spinePath(folder))}) WHERE label < ${rows}`;

/** The data files of a view, as a pattern. */
export const dataFilesPattern = (folder: string, view: string): string =>
  join(folder, "catalog", "warehouse", "bench", view, "**", "*.parquet");

/** A size's views and spine, made once. @returns their folder */
export async function benchViews(size: Size): Promise<string> {
  const folder = fileURLToPath(new URL(`../../../.cache/bench/pit-${size.name}`, import.meta.url));
  const finished = join(folder, "finished");
  if (existsSync(finished)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await using opened = await openEmptyProject(folder);
  await using database = await Database.open({ memoryLimit: "6GB", tempDirectory: folder });
  await using session = await database.connect();
  for (const [index, name] of viewNames.entries()) {
    await appendSelect(session, await opened.project.loadTable(name), rowsOf(size, index));
  }
  await writeSpine(session, size, spinePath(folder));
  writeFileSync(finished, "");
  return folder;
}

const instant = (seed: number): string => `make_timestamptz(${yearBegin} + (hash(i, ${seed}) % ${yearMicros})::BIGINT)`;

function rowsOf({ keys, featureRows }: Size, view: number): string {
  const seed = 10 * view;
  const share = (number: number) => `(hash(i, ${seed + number}) % 1000000) / 1000000`;
  return `SELECT (hash(i, ${seed}) % ${keys})::BIGINT AS user_id, ${instant(seed + 1)} AS event_timestamp, ${instant(seed + 2)} AS created,
      (${share(3)})::DOUBLE AS amount, (${share(4)})::FLOAT AS score, (hash(i, ${seed + 5}) % 1000)::INTEGER AS visits,
      hash(i, ${seed + 6}) % 2 = 0 AS active, 'segment ' || (hash(i, ${seed + 7}) % 100) AS segment
    FROM range(${featureRows}) t(i)`;
}

async function writeSpine(session: Session, { keys, spineRows }: Size, path: string): Promise<void> {
  const rows = `SELECT i::BIGINT AS label, (hash(i, 101) % ${keys})::BIGINT AS user_id, ${instant(102)} AS event_timestamp FROM range(${spineRows}) t(i)`;
  await session.run(`COPY (${rows}) TO ${quotedString(path)} (FORMAT parquet, COMPRESSION zstd)`);
}
