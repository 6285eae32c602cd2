import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rowsSql } from "../testing/rows-sql.ts";
import { TestProject } from "../testing/test-project.ts";
import { thrown } from "../testing/thrown.ts";
import { driverStats } from "../testing/views.ts";
import { ingest } from "./ingest.ts";

let project: TestProject;
beforeEach(async () => {
  project = await TestProject.open();
  await project.apply(driverStats);
});
afterEach(() => project[Symbol.asyncDispose]());

const types = { driver_id: "BIGINT", event_timestamp: "TIMESTAMPTZ", trips: "BIGINT" };
const input = (trips: bigint) => ({ sql: rowsSql(types, [[1n, 0n, trips]]) });
const count = async () => {
  const table = await project.table(driverStats);
  return { snapshots: table.metadata.snapshots.length, files: (await project.dataFiles()).filter(isData).length };
};
const isData = (name: string) => name.includes("driver_stats");

describe("ingest", () => {
  it("fills what the input leaves out: features with null, created with the commit's time", async () => {
    const result = await project.ingest(driverStats, input(5n));
    expect(result).toMatchObject({ outcome: "ingested", rows: 1n, files: 1 });
    const table = await project.table(driverStats);
    const { tasks } = await table.scan().plan();
    const rows = await project.session.rows(
      `SELECT * REPLACE (created::VARCHAR AS created, event_timestamp::VARCHAR AS event_timestamp) FROM read_parquet('${tasks[0]?.dataFile.filePath.slice(7)}', hive_partitioning = false)`,
    );
    expect(rows).toEqual([
      {
        driver_id: 1n,
        event_timestamp: "1970-01-01 00:00:00+00",
        created: "2030-01-01 00:00:00+00",
        trips: 5n,
        rate: null,
        city: null,
      },
    ]);
  });

  it("appends a key once", async () => {
    const first = await project.ingest(driverStats, input(1n), "monday");
    const again = await project.ingest(driverStats, input(2n), "monday");
    expect(first).toMatchObject({ outcome: "ingested" });
    expect(again).toEqual({ outcome: "already-ingested", snapshotId: "snapshotId" in first && first.snapshotId });
    expect(await project.ingest(driverStats, input(2n), "tuesday")).toMatchObject({ outcome: "ingested" });
    expect(await count()).toEqual({ snapshots: 2, files: 2 });
  });

  it("appends a key once, however many try at the same time, and leaves no file of the others", async () => {
    const table = await project.table(driverStats);
    const outcomes = await Promise.all(
      [1n, 2n, 3n].map(async (trips) => {
        await using session = await project.database.connect();
        return await ingest(session, { view: driverStats, table, input: input(trips), key: "monday", nowMicros: 0n });
      }),
    );
    expect(outcomes.map((result) => result.outcome).sort()).toEqual([
      "already-ingested",
      "already-ingested",
      "ingested",
    ]);
    expect(new Set(outcomes.map((result) => "snapshotId" in result && result.snapshotId)).size).toBe(1);
    expect(await count()).toEqual({ snapshots: 1, files: 1 });
  });

  it("keeps the rows of all when they have no key", async () => {
    const table = await project.table(driverStats);
    await Promise.all(
      [1n, 2n, 3n].map(async (trips) => {
        await using session = await project.database.connect();
        return await ingest(session, { view: driverStats, table, input: input(trips), nowMicros: 0n });
      }),
    );
    expect(await count()).toEqual({ snapshots: 3, files: 3 });
  });

  it("appends a key again after its snapshot was rolled back", async () => {
    const first = await project.ingest(driverStats, input(1n), "monday");
    await project.ingest(driverStats, input(2n), "tuesday");
    const table = await project.table(driverStats);
    if ("snapshotId" in first) await table.newTransaction().setCurrentSnapshot(first.snapshotId).commit();
    expect(await project.ingest(driverStats, input(2n), "tuesday")).toMatchObject({ outcome: "ingested" });
  });

  it("does nothing for no rows", async () => {
    expect(await project.ingest(driverStats, { sql: rowsSql(types, []) })).toEqual({ outcome: "nothing-to-ingest" });
    expect(await count()).toEqual({ snapshots: 0, files: 0 });
  });

  it("takes its files back when the table is gone at the commit", async () => {
    const table = await project.table(driverStats);
    await project.project.catalog.dropTable(table.identifier);
    expect(
      await thrown(() => ingest(project.session, { view: driverStats, table, input: input(1n), nowMicros: 0n })),
    ).toMatchInlineSnapshot(`"TABLE_NOT_FOUND: updateTable: Table does not exist: test.driver_stats (404)"`);
    expect((await project.dataFiles()).filter(isData)).toEqual([]);
  });

  it("takes its files back when writing one of them fails", async () => {
    const table = await project.table(driverStats);
    const failing = {
      sql: `SELECT i AS driver_id, make_timestamptz(i * 40 * 86400000000) AS event_timestamp, i AS trips FROM range(4) t(i)`,
    };
    let files = 0;
    const onProgress = () => {
      if (++files === 2) throw new Error("stopped");
    };
    expect(
      await thrown(() =>
        ingest(project.session, { view: driverStats, table, input: failing, nowMicros: 0n, onProgress }),
      ),
    ).toBe("stopped");
    expect(await count()).toEqual({ snapshots: 0, files: 0 });
    expect(await project.session.rows("SELECT table_name FROM duckdb_tables()")).toEqual([]);
  });
});
