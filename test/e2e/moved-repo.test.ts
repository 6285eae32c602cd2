import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { and, equalTo, loadTable, RestCatalog } from "@icecore/iceberg-catalog";
import { Database, deleteRows } from "@icecore/iceberg-catalog/duckdb";
import { openEmbeddedCatalog } from "@icecore/iceberg-catalog/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { driverRepo, driverRows, type TestRepo } from "../support/driver-repo.ts";
import { icecoreOk } from "../support/icecore.ts";

const view = "driver_hourly_stats";
let original: TestRepo;
let moved: string;
let gone: string;

const ok = (...args: readonly string[]) => icecoreOk("--repo", moved, "--json", ...args);
const json = async (...args: readonly string[]) => JSON.parse(await ok(...args));

/** By position, in files of their own. */
async function deleteRowsOf(driver: bigint): Promise<void> {
  const embedded = await openEmbeddedCatalog({ path: join(moved, ".icecore") });
  try {
    await using database = await Database.open();
    await using session = await database.connect();
    const catalog = await RestCatalog.connect({ uri: "http://embedded", fetch: embedded.fetch });
    const table = await loadTable(catalog, { namespace: ["rides"], name: view }, embedded.io);
    const predicate = and(equalTo("driver_id", driver), equalTo("avg_daily_trips", (driver - 1001n) * 100n + 2n));
    expect(await deleteRows(session, table, predicate, { mode: "merge-on-read" })).toMatchObject({ rows: 2n });
  } finally {
    await embedded.close();
  }
}

/** A feature store with training sets of every kind of spine, and rows deleted by position, moved as a whole. */
beforeAll(async () => {
  original = await driverRepo();
  moved = original.directory;
  await ok("apply");
  for (const hour of ["00", "12"]) {
    const file = await original.parquet(`${hour}.parquet`, driverRows(`2026-01-01 ${hour}:00:00+00`, 12));
    await ok("ingest", view, file, "--key", hour);
  }
  const changed = await original.parquet(
    "changed.parquet",
    `SELECT * REPLACE (7 AS avg_daily_trips) FROM (${driverRows("2026-01-01 03:00:00+00", 1)})`,
  );
  await ok("ingest", view, changed, "--mode", "upsert");
  await original.parquet(
    "spine.parquet",
    "SELECT 1001 + i % 6 AS driver_id, TIMESTAMPTZ '2026-01-01 00:30:00+00' + to_minutes(i * 7) AS event_timestamp FROM range(200) t(i)",
  );
  await deleteRowsOf(1002n);
  const spines = {
    file: ["--spine", original.path("spine.parquet")],
    sql: ["--spine", `SELECT driver_id, event_timestamp FROM ${view}`],
    table: ["--spine-table", `rides.${view}`],
    latest: ["--latest"],
  };
  for (const [name, spine] of Object.entries(spines)) {
    const features =
      name === "table" ? ["--features", `${view}:conv_rate`, "--full-feature-names"] : ["--service", "driver_activity"];
    const out = ["--out", original.path(`${name}.parquet`)];
    await ok("training-set", "create", name, ...spine, ...features, ...out);
  }
  gone = original.directory;
  moved = join(await mkdtemp(join(tmpdir(), "icecore moved-")), "repo");
  await cp(gone, moved, { recursive: true });
  await original[Symbol.asyncDispose]();
});
afterAll(() => rm(join(moved, ".."), { recursive: true, force: true }));

test("a moved repository makes its training sets again, takes rows, compacts, materializes and answers", async () => {
  const rows = `SELECT driver_id, count(*) AS n, sum(avg_daily_trips) AS trips FROM ${view} GROUP BY 1 ORDER BY 1`;
  const before = await json("query", rows);
  expect(before.map((row: { n: number }) => row.n)).toEqual([24, 22, 24, 24, 24]);
  const reproduced = async () => {
    for (const name of ["file", "sql", "table", "latest"]) {
      await ok("training-set", "reproduce", name, "--out", join(moved, `again-${name}.parquet`));
    }
  };
  await reproduced();
  expect(await json("ingest", view, join(moved, "00.parquet"), "--key", "00")).toMatchObject({
    outcome: "already-ingested",
  });
  await deleteRowsOf(1003n);
  expect((await json("query", rows)).map((row: { n: number }) => row.n)).toEqual([24, 22, 22, 24, 24]);
  await json("ingest", view, join(moved, "12.parquet"), "--key", "twice");
  await ok("maintain", view, "--compact", "--expire-older-than", "0s", "--remove-orphans");
  await reproduced();
  const after = await json("query", rows);
  expect(after.map((row: { n: number }) => row.n)).toEqual([36, 34, 34, 36, 36]);
  await ok("materialize");
  expect(
    await json("online", "get", "--features", `${view}:avg_daily_trips`, "--entity", "driver_id=1001"),
  ).toBeTruthy();
  await ok("add", "feature", `${view}.tips`, "--type", "list<float>");
  await expect(readdir(gone)).rejects.toMatchObject({ code: "ENOENT" });
});
