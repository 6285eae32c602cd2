import { type FileIO, localFileIO, memoryFileIO } from "@icecore/iceberg-catalog";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appendRows } from "../testing/append-rows.ts";
import { TestProject } from "../testing/test-project.ts";
import { driverStats, requestOf, viewOf } from "../testing/views.ts";
import { planHistoricalFeatures } from "./historical-features.ts";
import { loadSpine } from "./spine.ts";

/** Data files are in memory and everything else is on disk, so that whoever wants a data file has to ask for it here. */
const opened: string[] = [];
const [memory, disk] = [memoryFileIO(), localFileIO()];
const ioOf = (location: string): FileIO => (location.startsWith("memory://") ? memory : disk);
const io: FileIO = {
  exists: (location) => ioOf(location).exists(location),
  stat: (location) => ioOf(location).stat(location),
  read: (location, range) => {
    if (location.endsWith(".parquet")) opened.push(location);
    return ioOf(location).read(location, range);
  },
  write: (location, bytes) => ioOf(location).write(location, bytes),
  delete: (location) => ioOf(location).delete(location),
  localPath: (location) => ioOf(location).localPath(location),
  list: (folder) => ioOf(folder).list(folder),
};

const days = 731;
const view = viewOf({
  ...driverStats,
  name: "two_years",
  partitionBy: "day",
  features: [{ name: "trips", type: "long" }],
});
const byKey = viewOf({ ...view, name: "by_key", partitionBy: "none" });

let project: TestProject;
beforeAll(async () => {
  project = await TestProject.open({ io });
  await project.apply(view, byKey);
  for (const each of [view, byKey]) {
    const table = await project.table(each);
    await table
      .newTransaction()
      .setProperties({ "write.data.path": `memory://bucket/${each.name}` })
      .commit();
  }
  await appendRows(
    project,
    view,
    `SELECT d % 3 AS driver_id, TIMESTAMPTZ '2024-01-01 12:00:00+00' + to_days(d::INTEGER) AS event_timestamp, NULL::TIMESTAMPTZ AS created, d AS trips FROM range(${days}) t(d)`,
  );
  for (const key of [0, 1, 2, 3]) {
    await appendRows(
      project,
      byKey,
      `SELECT ${key} * 1000 + k AS driver_id, TIMESTAMPTZ '2024-01-01 12:00:00+00' AS event_timestamp, NULL::TIMESTAMPTZ AS created, k AS trips FROM range(100) t(k)`,
    );
  }
});
afterAll(() => project[Symbol.asyncDispose]());

async function openedFor(spineSql: string, of = view): Promise<{ rows: unknown; files: readonly string[] }> {
  opened.length = 0;
  await using session = await project.database.connect();
  const spine = await loadSpine(session, { sql: spineSql });
  const job = await planHistoricalFeatures(session, spine, [await project.pin(requestOf(of))]);
  const rows = await job.run((sql) => session.rows(`SELECT trips FROM (${sql})`));
  const files = new Set(opened.map((location) => /event_timestamp_day=([^/]+)/.exec(location)?.[1] ?? location));
  return { rows: rows.map((row) => row["trips"]), files: [...files].sort() };
}

describe("a training set", () => {
  it("over one week of two years opens the files of that week, and of the ttl before it, and no other", async () => {
    const week =
      "SELECT d % 3 AS driver_id, TIMESTAMPTZ '2024-03-04 12:00:00+00' + to_days(d::INTEGER) AS event_timestamp FROM range(7) t(d) ORDER BY d";
    const { rows, files } = await openedFor(week);
    expect(rows).toEqual([63n, 64n, 65n, 66n, 67n, 68n, 69n]);
    expect(files).toEqual([3, 4, 5, 6, 7, 8, 9, 10].map((day) => `2024-03-${String(day).padStart(2, "0")}`));
  });

  it("opens nothing a second time", async () => {
    const day = "SELECT 2 AS driver_id, TIMESTAMPTZ '2024-07-01 13:00:00+00' AS event_timestamp";
    expect(await openedFor(day)).toEqual({ rows: [182n], files: ["2024-07-01"] });
    expect((await openedFor(day)).files).toEqual([]);
  });

  it("opens no file whose keys are none of the spine's, by few values or by their range", async () => {
    const at = "TIMESTAMPTZ '2024-01-01 13:00:00+00' AS event_timestamp";
    expect((await openedFor(`SELECT unnest([5, 3005]) AS driver_id, ${at}`, byKey)).files).toHaveLength(2);
    expect((await openedFor(`SELECT 1000 + range AS driver_id, ${at} FROM range(500)`, byKey)).files).toHaveLength(1);
    expect((await openedFor(`SELECT NULL::BIGINT AS driver_id, ${at}`, byKey)).files).toEqual([]);
  });
});
