import { openFiles, scanTable, tableRelation } from "@icecore/iceberg-catalog/duckdb";
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
type Values = readonly (readonly [bigint, bigint, bigint])[];
const laterMicros = 1_893_456_001_000_000n;

const upsert = async (values: Values, key?: string, nowMicros = laterMicros) =>
  ingest(project.session, {
    view: driverStats,
    table: await project.table(driverStats),
    input: { sql: rowsSql(types, values) },
    mode: "upsert",
    key,
    nowMicros,
  });

async function stored(): Promise<readonly unknown[]> {
  const table = await project.table(driverStats);
  const { tasks } = await scanTable(table, table.currentSnapshot()?.snapshotId);
  const files = await openFiles(project.session, table, tasks);
  const relation = tableRelation(
    files,
    table.schema.fields.map((field) => ({ field })),
  );
  const rows = await project.session.rows(
    `SELECT driver_id, trips, epoch_us(created) AS created FROM ${relation} ORDER BY ALL`,
  );
  return rows.map((row) => Object.values(row));
}

describe("an upsert", () => {
  it("has one row per key and time, the newest, and leaves alone what is the same", async () => {
    await upsert(
      [
        [1n, 0n, 10n],
        [2n, 0n, 20n],
      ],
      undefined,
      1n,
    );
    expect(
      await upsert([
        [1n, 0n, 11n],
        [2n, 0n, 20n],
        [1n, 5n, 12n],
      ]),
    ).toMatchObject({
      outcome: "upserted",
      inserted: 1n,
      updated: 1n,
      unchanged: 1n,
    });
    expect(await stored()).toEqual([
      [1n, 11n, laterMicros],
      [1n, 12n, laterMicros],
      [2n, 20n, 1n],
    ]);
  });

  it("takes a correction that says when it was created, even where only that differs", async () => {
    await upsert([[1n, 0n, 10n]], undefined, 1n);
    const input = { sql: rowsSql({ ...types, created: "TIMESTAMPTZ" }, [[1n, 0n, 10n, 7n]]) };
    const table = await project.table(driverStats);
    await ingest(project.session, { view: driverStats, table, input, mode: "upsert", nowMicros: 9n });
    expect(await stored()).toEqual([[1n, 10n, 7n]]);
  });

  it("is done once for a key", async () => {
    const first = await upsert([[1n, 0n, 10n]], "day");
    await upsert([[1n, 0n, 11n]]);
    expect(await upsert([[1n, 0n, 10n]], "day")).toEqual({
      outcome: "already-ingested",
      snapshotId: "snapshotId" in first ? first.snapshotId : undefined,
    });
    expect(await stored()).toEqual([[1n, 11n, laterMicros]]);
  });

  it("refuses a key that is given twice, and changes nothing", async () => {
    await upsert([[1n, 0n, 10n]]);
    expect(
      await thrown(() =>
        upsert([
          [1n, 0n, 11n],
          [1n, 0n, 12n],
        ]),
      ),
    ).toMatchInlineSnapshot(
      `"ROWS_INVALID: the query: 2 rows have the key 1, 1970-01-01 00:00:00+00 (driver_id, event_timestamp); give each key once"`,
    );
    expect(await stored()).toEqual([[1n, 10n, laterMicros]]);
  });
});

describe("an append", () => {
  it("takes corrections as rows that were created later, beside what they correct", async () => {
    await project.ingest(driverStats, { sql: rowsSql(types, [[1n, 0n, 10n]]) });
    await project.ingest(driverStats, { sql: rowsSql(types, [[1n, 0n, 11n]]) });
    expect((await stored()).map((row) => (row as unknown[]).slice(0, 2))).toEqual([
      [1n, 10n],
      [1n, 11n],
    ]);
  });
});
