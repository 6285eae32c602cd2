import { expect, it } from "vitest";
import { timestampMs } from "../spec/ids.ts";
import type { Snapshot } from "../spec/snapshot.ts";
import type { Table } from "../table.ts";
import { dataFile, liveFiles, testTable } from "../testing/test-table.ts";

/** Snapshots a, ab, abc on main; then branch "side" from ab with d. */
async function parted() {
  const setup = await testTable();
  const { environment } = setup;
  let { table } = setup;
  for (const name of ["a", "b", "c"]) {
    table = await table
      .newTransaction(environment)
      .fastAppend([dataFile(name, "A")])
      .commit();
  }
  const [a, b, c] = table.metadata.snapshots as [Snapshot, Snapshot, Snapshot];
  table = await table.newTransaction(environment).createBranch("side", b.snapshotId).commit();
  table = await table
    .newTransaction(environment)
    .fastAppend([dataFile("d", "A")], { branch: "side" })
    .commit();
  const change = (on: Table = table) => on.newTransaction(environment);
  return { ...setup, table, a, b, c, d: table.snapshotByRef("side"), change };
}

it("rolls back to an ancestor alone, on any branch, and keeps what came later", async () => {
  const { a, d, change } = await parted();
  const back = await change().rollbackTo(a.snapshotId).commit();
  expect(await liveFiles(back)).toEqual(["a"]);
  expect(back.metadata.snapshots).toHaveLength(4);
  await expect(change().rollbackTo(d.snapshotId).commit()).rejects.toThrow("the snapshot is not in its history");
  const side = await change(back).rollbackTo(a.snapshotId, "side").commit();
  expect(await liveFiles(side, "side")).toEqual(["a"]);
});

it("rolls back to the newest snapshot from before a moment", async () => {
  const { a, b, c, change } = await parted();
  expect(await liveFiles(await change().rollbackToTime(c.timestampMs).commit())).toEqual(["a", "b"]);
  const back = await change(await change().setCurrentSnapshot(c.snapshotId).commit())
    .rollbackToTime(timestampMs(b.timestampMs + 1))
    .commit();
  expect(back.currentSnapshot()?.snapshotId).toBe(b.snapshotId);
  await expect(change().rollbackToTime(a.timestampMs).commit()).rejects.toMatchObject({ code: "SNAPSHOT_NOT_FOUND" });
});

it("fast-forwards a branch to another ref, and only forward", async () => {
  const { b, c, change } = await parted();
  await expect(change().fastForwardBranch("main", "side").commit()).rejects.toThrow(
    'has snapshots that "side" has not',
  );
  const back = await change().rollbackTo(b.snapshotId).commit();
  const forward = await change(back).fastForwardBranch("main", "side").commit();
  expect(await liveFiles(forward)).toEqual(["a", "b", "d"]);
  expect(await change(forward).fastForwardBranch("main", "side").commit()).toBe(forward);
  const created = await change(forward).createTag("t", c.snapshotId).fastForwardBranch("fresh", "t").commit();
  expect(created.metadata.refs["fresh"]).toEqual({ type: "branch", snapshotId: c.snapshotId });
  await expect(change(forward).fastForwardBranch("main", "nowhere").commit()).rejects.toThrow("no tag or branch");
});

it("replaces tags and branches, each by its own kind, with the retention they have", async () => {
  const { a, b, change } = await parted();
  const tagged = await change().createTag("t", a.snapshotId, { maxRefAgeMs: 7 }).commit();
  const moved = await change(tagged).replaceTag("t", b.snapshotId).replaceBranch("side", a.snapshotId).commit();
  expect(moved.metadata.refs["t"]).toEqual({ type: "tag", snapshotId: b.snapshotId, maxRefAgeMs: 7 });
  expect(moved.snapshotByRef("side").snapshotId).toBe(a.snapshotId);
  await expect(change(moved).replaceTag("side", a.snapshotId).commit()).rejects.toThrow('"side" is a branch');
  await expect(change(moved).replaceBranch("t", a.snapshotId).commit()).rejects.toThrow('"t" is a tag');
  await expect(change(moved).replaceTag("none", a.snapshotId).commit()).rejects.toThrow('no tag or branch "none"');
});

it("sets retention, takes it back, and leaves the rest", async () => {
  const { a, change } = await parted();
  const set = await change()
    .createTag("t", a.snapshotId)
    .setRetention("t", { maxRefAgeMs: 9 })
    .setRetention("side", { minSnapshotsToKeep: 2, maxSnapshotAgeMs: 5 })
    .setRetention("side", { maxSnapshotAgeMs: undefined })
    .commit();
  expect(set.metadata.refs["t"]).toMatchObject({ maxRefAgeMs: 9 });
  const { snapshotId, ...side } = set.metadata.refs["side"] ?? {};
  expect([snapshotId === undefined, side]).toEqual([false, { type: "branch", minSnapshotsToKeep: 2 }]);
  await expect(change(set).setRetention("t", { minSnapshotsToKeep: 2 }).commit()).rejects.toThrow("only the age");
  await expect(change(set).setRetention("side", { maxRefAgeMs: 0 }).commit()).rejects.toThrow("must be positive");
});
