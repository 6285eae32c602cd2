import { readdirSync } from "node:fs";
import { localPath } from "@icecore/iceberg-catalog";
import { afterEach, beforeEach, expect, it } from "vitest";
import { TestProject } from "./testing/test-project.ts";
import { thrown } from "./testing/thrown.ts";
import { mountTinyDisk, type TinyDisk } from "./testing/tiny-disk.ts";
import { create } from "./testing/training-sets.ts";
import { driverStats } from "./testing/views.ts";

let project: TestProject;
beforeEach(async () => {
  project = await TestProject.open();
  await project.apply(driverStats);
});
afterEach(() => project[Symbol.asyncDispose]());

/** Two months of rows that do not compress. */
const rows = (count: number) => ({
  sql: `SELECT i AS driver_id, make_timestamptz(i % 2 * 40 * 86400000000) AS event_timestamp, hash(i)::VARCHAR || md5(i::VARCHAR) AS city
        FROM range(${count}) t(i)`,
});

it("a full disk stops an ingest, which leaves nothing and works once there is room", async (context) => {
  const location = localPath((await project.table(driverStats)).metadata.location) ?? "";
  using disk = mountOrSkip(`${location}/data`, context.skip);
  expect(await thrown(() => project.ingest(driverStats, rows(60_000)))).toMatch(
    /^STORAGE_FULL: writing data files: the disk is full; free some space and run it again \(.*\)$/,
  );
  expect((await project.dataFiles()).filter((name) => name.includes("driver_stats"))).toEqual([]);
  expect((await project.table(driverStats)).metadata.snapshots).toEqual([]);
  disk.grow();
  expect(await project.ingest(driverStats, rows(60_000))).toMatchObject({ outcome: "ingested", rows: 60_000n });
});

for (const name of ["set.parquet", "set.csv", "set.ndjson", "set.arrow"]) {
  it(`a full disk stops the writing of ${name}, which leaves nothing and works once there is room`, async (context) => {
    await project.ingest(driverStats, rows(10));
    using disk = mountOrSkip(project.path("out"), context.skip);
    const out = project.path(`out/${name}`);
    const spine = { sql: rows(80_000).sql.replace(" AS city", " AS label") };
    expect(await thrown(() => create(project, driverStats, spine, { out }))).toMatch(/^STORAGE_FULL: writing /);
    expect(readdirSync(project.path("out"))).toEqual([]);
    expect(Object.keys((await project.table(driverStats)).metadata.refs)).toEqual(["main"]);
    disk.grow();
    expect((await create(project, driverStats, spine, { out })).lock.result.rows).toBe(80_000);
  });
}

function mountOrSkip(path: string, skip: (reason: string) => never): TinyDisk {
  const disk = mountTinyDisk(path);
  return typeof disk === "string" ? skip(disk) : disk;
}
