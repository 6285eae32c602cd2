import { expect, test } from "vitest";
import { driverRepo, type TestRepo } from "../support/driver-repo.ts";
import { icecore, icecoreOk } from "../support/icecore.ts";
import { startIcebergRestServer } from "./support/iceberg-rest-server.ts";
import { startNessie } from "./support/nessie.ts";
import { startForeignS3 } from "./support/s3-server.ts";

const stats = (rows: string) =>
  `SELECT id::BIGINT AS driver_id, ts::TIMESTAMPTZ AS event_timestamp, rate::FLOAT AS conv_rate, 0.5::FLOAT AS acc_rate, trips::BIGINT AS avg_daily_trips
   FROM (VALUES ${rows}) t(id, ts, rate, trips)`;

interface ForeignRepo extends AsyncDisposable {
  readonly repo: TestRepo;
  run(...args: readonly string[]): Promise<string>;
}

/** Feast's example over a catalog that is not ours: what is different is the configuration alone. */
async function repoOver(uri: string, properties: Readonly<Record<string, string>> = {}): Promise<ForeignRepo> {
  const repo = await driverRepo();
  const given = Object.entries(properties).map(([name, value]) => `\n      ${name}: "${value}"`);
  await repo.write(
    "feature_store.yaml",
    `project: rides
offline_store:
  file_cache: { path: cache }
  catalog:
    type: rest
    uri: ${uri}
    properties: ${given.length === 0 ? "{}" : given.join("")}
online_store: { type: embedded, path: online.lmdb }
`,
  );
  return {
    repo,
    run: (...args) => icecoreOk("--repo", repo.directory, ...args),
    [Symbol.asyncDispose]: () => repo[Symbol.asyncDispose](),
  };
}

async function ingest({ repo, run }: ForeignRepo, name: string, rows: string): Promise<void> {
  await run("ingest", "driver_hourly_stats", await repo.parquet(`${name}.parquet`, stats(rows)), "--key", name);
}

async function addAndRead({ run }: ForeignRepo): Promise<void> {
  await run("add", "feature", "driver_hourly_stats.rating", "--type", "double");
  const sql = "SELECT driver_id, avg_daily_trips, rating FROM driver_hourly_stats ORDER BY ALL";
  expect(JSON.parse(await run("query", sql, "--json"))).toEqual([
    { driver_id: 1, avg_daily_trips: 10, rating: null },
    { driver_id: 1, avg_daily_trips: 11, rating: null },
    { driver_id: 2, avg_daily_trips: 20, rating: null },
  ]);
  await run("materialize");
  const features = ["--features", "driver_hourly_stats:avg_daily_trips", "--entity", "driver_id=1"];
  expect(await run("online", "get", ...features, "--json")).toContain("11");
}

async function makeTrainingSet({ repo, run }: ForeignRepo): Promise<void> {
  const spine = await repo.parquet(
    "spine.parquet",
    "SELECT unnest([1, 2])::BIGINT AS driver_id, TIMESTAMPTZ '2026-01-01 12:00:00Z' AS event_timestamp",
  );
  const out = ["--out", repo.path("one.parquet")];
  await run("training-set", "create", "one", "--spine", spine, "--service", "driver_activity", ...out);
}

const first = "(1, '2026-01-01 00:00:00Z', 0.1, 10), (2, '2026-01-01 00:00:00Z', 0.2, 20)";
const second = "(1, '2026-01-01 11:00:00Z', 0.9, 11)";

test("a feature store over the Java reference server does the whole job", async () => {
  await using server = await startIcebergRestServer();
  await using store = await repoOver(server.uri);
  const { repo, run } = store;
  await run("apply");
  await ingest(store, "first", first);
  await makeTrainingSet(store);
  await ingest(store, "second", second);
  await addAndRead(store);
  await run("training-set", "reproduce", "one", "--out", repo.path("again.parquet"));
});

test("a feature store whose catalog is Nessie and whose files are in S3 ingests, queries, trains and serves", async () => {
  await using s3 = await startForeignS3("warehouse");
  await using server = await startNessie(s3);
  await using store = await repoOver(server.uri, s3.properties);
  await store.run("apply");
  await ingest(store, "first", first);
  await makeTrainingSet(store);
  // Nessie knows no other ref of a table than `main`, and of its snapshots the newest alone.
  expect(JSON.parse(await store.run("training-set", "show", "one", "--json"))).toMatchObject({ protected: false });
  await store.run("training-set", "reproduce", "one");
  await ingest(store, "second", second);
  await addAndRead(store);
  const again = await icecore("--repo", store.repo.directory, "training-set", "reproduce", "one");
  expect(again.stderr).toContain("has expired: the catalog knows no tags that could have kept it");
  await store.run("training-set", "remove", "one");
});
