import { describe, expect, it } from "vitest";
import type { Snapshot } from "../spec/snapshot.ts";
import type { Table } from "../table.ts";
import { dataFile, fileNames, liveFiles, testTable } from "../testing/test-table.ts";

const newest = (table: Table): Snapshot => table.metadata.snapshots.at(-1) as Snapshot;

async function opened() {
  const setup = await testTable();
  const change = (table: Table) => table.newTransaction(setup.environment);
  const table = await change(setup.table)
    .fastAppend([dataFile("a", "A"), dataFile("b", "B")])
    .commit();
  return { ...setup, table, change };
}

describe("staging under a write-audit-publish id", () => {
  it("adds a snapshot that no branch has, and that can be read by its id", async () => {
    const { table, change } = await opened();
    const staged = await change(table)
      .fastAppend([dataFile("c", "A")], { wapId: "w1", summary: { by: "me" } })
      .commit();
    expect(staged.metadata.refs).toEqual(table.metadata.refs);
    expect(newest(staged).summary.properties).toMatchObject({ "wap.id": "w1", by: "me", "total-data-files": "3" });
    expect(await liveFiles(staged)).toEqual(["a", "b"]);
    const { tasks } = await staged.scan({ snapshotId: newest(staged).snapshotId }).plan();
    expect(tasks).toHaveLength(3);
    expect(staged.metadata.snapshotLog).toHaveLength(1);
  });

  it("is refused twice under one id", async () => {
    const { table, change, locations } = await opened();
    const staged = await change(table)
      .append([dataFile("c", "A")], { wapId: "w1" })
      .commit();
    const before = fileNames(locations, ".avro");
    const again = change(staged)
      .append([dataFile("d", "A")], { wapId: "w1" })
      .commit();
    await expect(again).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
    expect(fileNames(locations, ".avro")).toEqual(before);
  });

  it("survives a commit that came first", async () => {
    const { table, change } = await opened();
    await change(table)
      .fastAppend([dataFile("c", "A")])
      .commit();
    const staged = await change(table)
      .fastAppend([dataFile("d", "A")], { wapId: "w1" })
      .commit();
    expect(newest(staged).sequenceNumber).toBe(3n);
    expect(newest(staged).parentSnapshotId).toBe(staged.currentSnapshot()?.snapshotId);
  });
});

describe("publishing", () => {
  it("moves main to the staged snapshot where nothing came between", async () => {
    const { table, change } = await opened();
    const staged = await change(table)
      .fastAppend([dataFile("c", "A")], { wapId: "w1" })
      .commit();
    const published = await change(staged).publishStaged("w1").commit();
    expect(published.currentSnapshot()).toEqual(newest(staged));
    expect(published.metadata.snapshots).toHaveLength(2);
    await expect(change(published).publishStaged("w1").commit()).rejects.toMatchObject({
      code: "ALREADY_EXISTS",
      message: expect.stringContaining('is already on "main", itself'),
    });
    await expect(change(published).publishStaged("w2").commit()).rejects.toThrow('no snapshot is staged under "w2"');
  });

  it("appends again where main has moved, once, and says where it came from", async () => {
    const { table, change } = await opened();
    const staged = await change(table)
      .fastAppend([dataFile("c", "A")], { wapId: "w1" })
      .commit();
    const moved = await change(staged)
      .fastAppend([dataFile("d", "A")])
      .commit();
    const published = await change(moved).publishStaged("w1").commit();
    expect(await liveFiles(published)).toEqual(["a", "b", "c", "d"]);
    expect(published.currentSnapshot()?.summary).toMatchObject({
      operation: "append",
      properties: {
        "source-snapshot-id": String(newest(staged).snapshotId),
        "published-wap-id": "w1",
        "added-data-files": "1",
        "total-data-files": "4",
      },
    });
    expect(published.currentSnapshot()?.summary.properties["wap.id"]).toBeUndefined();
    await expect(change(published).publishStaged("w1").commit()).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
    const copy = change(published).cherryPick(newest(staged).snapshotId).commit();
    await expect(copy).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
  });
});

describe("cherry-picking", () => {
  const stageReplacement = async () => {
    const setup = await opened();
    const replacement = [dataFile("a2", "A")];
    const staged = await setup
      .change(setup.table)
      .changeFiles({ wapId: "w1", added: replacement, removed: { partitionsOf: replacement } })
      .commit();
    return { ...setup, staged, picked: newest(staged) };
  };

  it("repeats an overwrite of whole partitions that nobody touched", async () => {
    const { change, staged, picked } = await stageReplacement();
    expect(picked.summary.properties["replace-partitions"]).toBe("true");
    const moved = await change(staged)
      .fastAppend([dataFile("b2", "B")])
      .commit();
    const published = await change(moved).cherryPick(picked.snapshotId).commit();
    expect(await liveFiles(published)).toEqual(["a2", "b", "b2"]);
    expect(published.currentSnapshot()?.summary).toMatchObject({
      operation: "overwrite",
      properties: { "replace-partitions": "true", "source-snapshot-id": String(picked.snapshotId) },
    });
  });

  it("refuses one whose partitions were changed meanwhile, or that was made from another history", async () => {
    const { change, staged, picked, table } = await stageReplacement();
    const touched = await change(staged)
      .fastAppend([dataFile("a3", "A")])
      .commit();
    await expect(change(touched).cherryPick(picked.snapshotId).commit()).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      message: expect.stringContaining("in a partition that is to be replaced"),
    });
    const foreign = await change(touched)
      .changeFiles({ branch: "side", added: [dataFile("b3", "B")], removed: { partitionsOf: [dataFile("b3", "B")] } })
      .commit();
    const onSide = await change(foreign)
      .changeFiles({ branch: "side", added: [dataFile("b4", "B")], removed: { partitionsOf: [dataFile("b4", "B")] } })
      .commit();
    await expect(change(onSide).cherryPick(newest(onSide).snapshotId).commit()).rejects.toThrow(
      'which is not in the history of "main"',
    );
    expect(table.metadata.snapshots).toHaveLength(1);
  });

  it("refuses what is neither, unless it was made from the current snapshot", async () => {
    const { change, table } = await opened();
    const staged = await change(table)
      .changeFiles({ wapId: "w1", removed: { files: [dataFile("a", "A")] } })
      .commit();
    const picked = newest(staged);
    expect(await liveFiles(await change(staged).cherryPick(picked.snapshotId).commit())).toEqual(["b"]);
    const back = await change(await table.refresh())
      .rollbackTo(table.currentSnapshot()?.snapshotId as Snapshot["snapshotId"])
      .fastAppend([dataFile("c", "A")])
      .commit();
    await expect(change(back).cherryPick(picked.snapshotId).commit()).rejects.toThrow(
      "it is no append and no overwrite of whole partitions, but delete",
    );
  });

  it("is decided anew when main moves under it", async () => {
    const { change, table } = await opened();
    const staged = await change(table)
      .fastAppend([dataFile("c", "A")], { wapId: "w1" })
      .commit();
    await change(staged)
      .fastAppend([dataFile("d", "A")])
      .commit();
    const published = await change(staged).publishStaged("w1").commit();
    expect(await liveFiles(published)).toEqual(["a", "b", "c", "d"]);
  });
});
