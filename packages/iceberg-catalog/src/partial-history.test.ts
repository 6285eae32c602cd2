import { expect, test } from "vitest";
import { scanTable } from "./duckdb/read/scan-table.ts";
import { expireSnapshots } from "./maintenance/expire-snapshots.ts";
import { reachableFiles } from "./maintenance/reachable-files.ts";
import { snapshotId } from "./spec/ids.ts";
import { loadTable } from "./table.ts";
import { dataFile, testTable } from "./testing/test-table.ts";

/** A table of three snapshots, loaded with the last of them alone. */
async function withLatestOnly() {
  const { table, catalog, environment, locations } = await testTable();
  let current = table;
  for (const name of ["a", "b", "c"]) {
    current = await current
      .newTransaction(environment)
      .fastAppend([dataFile(name, "AA")])
      .commit();
  }
  const partial = await loadTable(catalog.catalog, table.identifier, table.io, { snapshots: "refs" });
  expect(partial.metadata.snapshots).toHaveLength(1);
  return { whole: current, partial, environment, locations };
}

test("a table without its history says so where the history is asked for, and has it on demand", async () => {
  const { whole, partial } = await withLatestOnly();
  const [first] = whole.metadata.snapshots;
  if (first === undefined) throw new Error("there is a first snapshot");
  expect(() => partial.snapshot(first.snapshotId)).toThrow("withAllSnapshots()");
  const all = await partial.withAllSnapshots();
  expect(all.snapshot(first.snapshotId)).toEqual(first);
  expect(await all.withAllSnapshots()).toBe(all);
  expect((await partial.refresh()).metadata.snapshots).toHaveLength(1);
});

test("what asks for one snapshot of it loads it in full where it is missing, and only there", async () => {
  const { whole, partial } = await withLatestOnly();
  const [first, , last] = whole.metadata.snapshots;
  if (first === undefined || last === undefined) throw new Error("there are three snapshots");
  expect(await partial.withSnapshot(last.snapshotId)).toBe(partial);
  const loaded = await partial.withSnapshot(first.snapshotId);
  expect((await loaded.scan({ snapshotId: first.snapshotId }).plan()).tasks).toHaveLength(1);
  expect((await scanTable(partial, first.snapshotId)).tasks).toHaveLength(1);
  await expect(partial.withSnapshot(snapshotId(1n))).rejects.toMatchObject({
    code: "SNAPSHOT_NOT_FOUND",
    message: expect.stringContaining("it may have expired"),
  });
});

test("what needs the history loads it", async () => {
  const { partial, environment } = await withLatestOnly();
  expect((await partial.incrementalAppendScan()).tasks).toHaveLength(3);
  const after = await partial
    .newTransaction(environment)
    .fastAppend([dataFile("d", "AA")])
    .commit();
  expect(after.metadata.snapshots).toHaveLength(4);
  const { snapshotIds } = await expireSnapshots(partial, {
    olderThan: after.metadata.lastUpdatedMs,
    dryRun: true,
    environment,
  });
  expect(snapshotIds.length).toBeGreaterThan(0);
});

test("the files of a table without its history are not taken for all that it has", async () => {
  const { partial } = await withLatestOnly();
  const files = reachableFiles(partial.io, partial.metadata, { entries: "all", unreadable: "fail" });
  await expect(files.next()).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});
