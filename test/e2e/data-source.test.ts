import {
  createTable,
  fieldId,
  loadTable,
  localFileIO,
  parsePrimitive,
  RestCatalog,
  schemaId,
  type Table,
} from "@icecore/iceberg-catalog";
import { Database, writeDataFiles } from "@icecore/iceberg-catalog/duckdb";
import { openEmbeddedCatalog } from "@icecore/iceberg-catalog/server";
import { afterAll, beforeAll, expect, it } from "vitest";
import { driverRepo, type TestRepo } from "../support/driver-repo.ts";
import { icecore, icecoreOk } from "../support/icecore.ts";

const view = "driver_trips";
let repo: TestRepo;
const run = (...args: string[]) => icecore("--repo", repo.directory, ...args);
const ok = (...args: string[]) => icecoreOk("--repo", repo.directory, ...args);
const json = async (...args: string[]) => JSON.parse(await ok("--json", ...args));

const definitions = (mapping: string) => `
import { defineDataSource, defineEntity, defineFeatureView } from "@icecore/feature-registry";

export const driver = defineEntity({ name: "driver", joinKeys: { driver_id: "long" }, owner: "ops", description: "" });
export const rides = defineDataSource({
  name: "rides",
  table: "analytics.rides_daily",
  fieldMapping: ${mapping},
  owner: "analytics",
  description: "Written by Spark every night.",
});
export const trips = defineFeatureView({
  name: "${view}",
  entities: [driver],
  source: rides,
  features: { trips: "long", rating: "double" },
  ttl: "2d",
  owner: "ops",
  description: "",
});
`;
const mapping = `{ who: "driver_id", ts: "event_timestamp", "trips ct": "trips" }`;

/** What somebody else's job does to a table of the catalog. */
async function asOthers(work: (table: Table, append: (sql: string) => Promise<Table>) => Promise<unknown>) {
  const embedded = await openEmbeddedCatalog({ path: repo.path(".icecore") });
  await using database = await Database.open();
  await using session = await database.connect();
  try {
    const catalog = await RestCatalog.connect({ uri: "http://embedded", fetch: embedded.fetch });
    const identifier = { namespace: ["analytics"], name: "rides_daily" };
    await catalog.createNamespace(["analytics"]).catch(() => {});
    const columns = { who: "long", ts: "timestamptz", "trips ct": "long", rating: "double", city: "string" };
    const fields = Object.entries(columns).map(([name, type], index) => ({
      id: fieldId(index + 1),
      name,
      required: false,
      type: parsePrimitive(type) as NonNullable<ReturnType<typeof parsePrimitive>>,
    }));
    const schema = { schemaId: schemaId(0), fields, identifierFieldIds: [] };
    const table = await createTable(catalog, identifier, { schema }, localFileIO()).catch(() =>
      loadTable(catalog, identifier, localFileIO()),
    );
    await work(table, async (sql) =>
      table
        .newTransaction()
        .fastAppend(await writeDataFiles(session, table, sql))
        .commit(),
    );
  } finally {
    await embedded.close();
  }
}

const day = (date: string, trips: number) =>
  `SELECT 1001::BIGINT AS who, TIMESTAMPTZ '${date} 00:00:00+00' AS ts, ${trips}::BIGINT AS "trips ct", 4.5::DOUBLE AS rating, 'Oslo' AS city`;

beforeAll(async () => {
  repo = await driverRepo();
  await repo.write("features.ts", definitions(mapping));
});
afterAll(() => repo[Symbol.asyncDispose]());

const placed = (text: string) => text.replaceAll(`${repo.directory}/`, "");

it("refuses a source that is not there, or has other columns, with all that is wrong", async () => {
  expect(placed((await run("plan")).stderr)).toBe(
    `error: features.ts:12: feature view "${view}": table analytics.rides_daily of data source "rides" is not in the catalog\n`,
  );
  await asOthers((_, append) => append(day("2026-01-01", 7)));
  await repo.write("features.ts", definitions(`{ who: "driver_id", "trips ct": "rating" }`));
  expect(placed((await run("plan")).stderr)).toMatchInlineSnapshot(`
    "error: features.ts:16: feature view "driver_trips": table analytics.rides_daily of data source "rides" has a column "rating" beside the one mapped to it; map that one to another name
    features.ts:12: feature view "driver_trips": table analytics.rides_daily of data source "rides" has no column "event_timestamp" (there are: driver_id, ts, rating, rating, city, created); map one to it with fieldMapping
    features.ts:16: feature view "driver_trips": table analytics.rides_daily of data source "rides" has no column "trips" (there are: driver_id, ts, rating, rating, city, created); map one to it with fieldMapping
    features.ts:16: feature view "driver_trips": table analytics.rides_daily of data source "rides" has "rating" as long, which the view calls double
    "
  `);
  await repo.write("features.ts", definitions(mapping));
});

it("reads it in place: queries, training sets, history, the online store", async () => {
  await ok("apply");
  expect(await json("query", `SELECT driver_id, trips, created FROM ${view} WHERE trips > 1`)).toEqual([
    { driver_id: 1001, trips: 7, created: null },
  ]);
  const spine = await repo.write(
    "spine.csv",
    "driver_id,event_timestamp\n1001,2026-01-01T12:00:00Z\n1001,2026-01-02T12:00:00Z\n",
  );
  const create = ["training-set", "create", "trips", "--spine", spine, "--features", `${view}:trips,${view}:rating`];
  await ok(...create, "--out", repo.path("trips.parquet"));
  await asOthers((_, append) => append(day("2026-01-02", 9)));
  expect(await json("history", view)).toHaveLength(2);
  await ok("materialize");
  const vector = await ok(
    "--json",
    "online",
    "get",
    "--features",
    `${view}:trips`,
    "--entity",
    "driver_id=1001",
    "--now",
    "2026-01-02T12:00:00Z",
  );
  expect(vector).toContain("9");
  await asOthers((_, append) => append(day("2026-01-03", 11)));
  expect((await json("materialize"))[0]).toMatchObject({ rows: 1, written: 1 });
  expect(await json("online", "verify", view)).toMatchObject({ mismatched: 0 });
});

it("reads on, and makes the training set again, after its owners have renamed the column and added others", async () => {
  await asOthers((table) =>
    table
      .newTransaction()
      .updateSchema((update) => update.renameColumn("trips ct", "trips_count").addColumn("tips", { kind: "double" }))
      .commit(),
  );
  await ok("training-set", "reproduce", "trips", "--out", repo.path("again.parquet"));
  expect((await json("plan")).changes).toEqual([]);
  expect(await json("query", `SELECT sum(trips)::BIGINT AS trips FROM ${view}`)).toEqual([{ trips: 27 }]);
  await repo.write("features.ts", definitions(mapping.replace("trips ct", "trips_count")));
  await ok("apply");
  expect(await json("query", `SELECT sum(trips)::BIGINT AS trips FROM ${view}`)).toEqual([{ trips: 27 }]);
});

it("leaves the table to those who write it", async () => {
  const refused = `feature view "${view}" reads table analytics.rides_daily, which belongs to others; write and maintain it where they do`;
  const rows = await repo.write("rows.csv", "driver_id,event_timestamp,trips\n1001,2026-01-04T00:00:00Z,3\n");
  const [{ snapshotId }] = await json("history", view);
  for (const args of [
    ["ingest", view, rows],
    ["maintain", view, "--compact"],
    ["rollback", view, "--snapshot", String(snapshotId)],
  ]) {
    expect(await run(...args)).toMatchObject({ exitCode: 1, stderr: `error: ${refused}\n` });
  }
});
