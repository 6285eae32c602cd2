import { expect, test } from "vitest";
import { driverRepo } from "../support/driver-repo.ts";
import { icecoreOk } from "../support/icecore.ts";
import { startNessie } from "./support/nessie.ts";
import { startForeignS3 } from "./support/s3-server.ts";

const stats = (rows: string) =>
  `SELECT id::BIGINT AS driver_id, ts::TIMESTAMPTZ AS event_timestamp, rate::FLOAT AS conv_rate, 0.5::FLOAT AS acc_rate, trips::BIGINT AS avg_daily_trips
   FROM (VALUES ${rows}) t(id, ts, rate, trips)`;

test("a feature store whose catalog is Nessie and whose files are in S3 does the whole job by its configuration alone", async () => {
  await using s3 = await startForeignS3("warehouse");
  await using server = await startNessie(s3);
  await using repo = await driverRepo();
  const properties = Object.entries(s3.properties).map(([name, value]) => `      ${name}: "${value}"`);
  await repo.write(
    "feature_store.yaml",
    `project: rides
offline_store:
  file_cache: { path: cache }
  catalog:
    type: rest
    uri: ${server.uri}
    properties:
${properties.join("\n")}
online_store: { type: embedded, path: online.lmdb }
`,
  );
  const run = (...args: readonly string[]) => icecoreOk("--repo", repo.directory, ...args);
  await run("apply");
  const first = await repo.parquet(
    "first.parquet",
    stats("(1, '2026-01-01 00:00:00Z', 0.1, 10), (2, '2026-01-01 00:00:00Z', 0.2, 20)"),
  );
  await run("ingest", "driver_hourly_stats", first, "--key", "first");
  const spine = await repo.parquet(
    "spine.parquet",
    "SELECT unnest([1, 2])::BIGINT AS driver_id, TIMESTAMPTZ '2026-01-01 12:00:00Z' AS event_timestamp",
  );
  await run(
    "training-set",
    "create",
    "one",
    "--spine",
    spine,
    "--service",
    "driver_activity",
    "--out",
    repo.path("one.parquet"),
  );
  await run("add", "feature", "driver_hourly_stats.rating", "--type", "double");
  const second = await repo.parquet("second.parquet", stats("(1, '2026-01-01 11:00:00Z', 0.9, 11)"));
  await run("ingest", "driver_hourly_stats", second);
  await run("training-set", "reproduce", "one", "--out", repo.path("again.parquet"));
  const answer = await run(
    "query",
    "SELECT driver_id, avg_daily_trips, rating FROM driver_hourly_stats ORDER BY ALL",
    "--json",
  );
  expect(JSON.parse(answer)).toEqual([
    { driver_id: 1, avg_daily_trips: 10, rating: null },
    { driver_id: 1, avg_daily_trips: 11, rating: null },
    { driver_id: 2, avg_daily_trips: 20, rating: null },
  ]);
  await run("materialize");
  const online = await run(
    "online",
    "get",
    "--features",
    "driver_hourly_stats:avg_daily_trips",
    "--entity",
    "driver_id=1",
    "--json",
  );
  expect(online).toContain("11");
});
