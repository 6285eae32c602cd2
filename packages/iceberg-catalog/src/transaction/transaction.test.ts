import { describe, expect, it } from "vitest";
import { findSnapshotBySummary } from "../spec/find-snapshot-by-summary.ts";
import { snapshotId, timestampMs } from "../spec/ids.ts";
import type { Table } from "../table.ts";
import { commitSnapshot } from "../testing/commit-snapshot.ts";
import { type CommitFault, refusal } from "../testing/faulty-catalog.ts";
import { dataFile, type TestTable, testTable } from "../testing/test-table.ts";
import { systemEnvironment } from "./commit-environment.ts";

const conflict: CommitFault = async () => refusal(409, "CommitFailedException");
const landedButAnswerLost: CommitFault = async (land) => {
  await land();
  throw new Error("connection reset");
};
const lost: CommitFault = async () => {
  throw new Error("connection reset");
};

const append = ({ table, environment }: TestTable, name: string, on: Table = table) =>
  on
    .newTransaction(environment)
    .fastAppend([dataFile(name, "AA")])
    .commit();

const filePaths = async (table: Table) =>
  (await table.scan().plan()).tasks.map(({ dataFile: { filePath } }) => filePath.replace(/^.*\/(.*)\.parquet$/, "$1"));

describe("fast append", () => {
  it("adds a snapshot with cumulative totals, under a new sequence number", async () => {
    const setup = await testTable();
    const first = await append(setup, "a");
    const second = await first
      .newTransaction(setup.environment)
      .fastAppend([dataFile("b", "AA"), dataFile("c", "BB")], {
        summary: { "icecore.key": "k1", "added-records": "0" },
      })
      .commit();
    const [one, two] = second.metadata.snapshots;
    expect(two).toMatchObject({ parentSnapshotId: one?.snapshotId, sequenceNumber: 2n, schemaId: 0 });
    expect(two?.summary).toEqual({
      operation: "append",
      properties: {
        "icecore.key": "k1",
        "added-data-files": "2",
        "added-records": "20",
        "added-files-size": "2000",
        "changed-partition-count": "2",
        "total-data-files": "3",
        "total-records": "30",
        "total-files-size": "3000",
        "total-delete-files": "0",
        "total-position-deletes": "0",
        "total-equality-deletes": "0",
      },
    });
    expect(await filePaths(second)).toEqual(["b", "c", "a"]);
    expect(findSnapshotBySummary(second.metadata, "icecore.key", "k1")).toBe(two);
    expect(findSnapshotBySummary(second.metadata, "icecore.key", "k2")).toBeUndefined();
  });

  it("leaves out totals that the snapshot before does not know", async () => {
    const { table, environment } = await testTable();
    const foreign = await commitSnapshot(table, environment, "append", [dataFile("a", "AA")]);
    const ours = await foreign
      .newTransaction(environment)
      .fastAppend([dataFile("b", "AA")])
      .commit();
    expect(ours.currentSnapshot()?.summary.properties).toEqual({
      "added-data-files": "1",
      "added-records": "10",
      "added-files-size": "1000",
      "changed-partition-count": "1",
    });
  });

  it.each([
    ["a path given twice", [dataFile("a", "AA"), dataFile("a", "BB")], "is given twice"],
    ["a delete file", [{ ...dataFile("a", "AA"), content: "position-deletes" as const }], "an append cannot add"],
    ["a tuple that is not the spec's", [{ ...dataFile("a", "AA"), partition: [] }], "has 0 partition values"],
    ["a partition value of another type", [{ ...dataFile("a", "AA"), partition: [7] }], "not a value of type string"],
  ])("refuses %s and leaves nothing behind", async (_, files, message) => {
    const { table, environment, locations } = await testTable();
    await expect(table.newTransaction(environment).fastAppend(files).commit()).rejects.toThrow(message);
    expect([...locations]).toEqual([]);
  });

  it.each(["fastAppend", "append"] as const)(
    "%s refuses files that are there already, when asked to look",
    async (how) => {
      const setup = await testTable();
      const table = await append(setup, "a");
      const again = (on: Table, ...names: string[]) =>
        on
          .newTransaction(setup.environment)
          [how](
            names.map((name) => dataFile(name, "AA")),
            { checkDuplicates: true },
          )
          .commit();
      await expect(again(table, "b", "a")).rejects.toMatchObject({
        code: "ALREADY_EXISTS",
        message: expect.stringContaining("a.parquet is in the table already"),
      });
      await append(setup, "c", table);
      await expect(again(table, "c")).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
      const removed = await (await table.refresh())
        .newTransaction(setup.environment)
        .changeFiles({ removed: { files: [dataFile("a", "AA")] } })
        .commit();
      expect(await filePaths(await again(removed, "a"))).toHaveLength(2);
    },
  );

  it("writes where the table's properties say", async () => {
    const setup = await testTable({ "write.metadata.path": "memory://elsewhere/" });
    await append(setup, "a");
    expect([...setup.locations].every((location) => /^memory:\/\/elsewhere\/[^/]+\.avro$/.test(location))).toBe(true);
  });
});

describe("a conflict", () => {
  it("is met by a new manifest list over the newest snapshot; manifests are kept, the refused list is not", async () => {
    const setup = await testTable();
    const [mine, theirs] = [setup.table, setup.table];
    await append(setup, "theirs", theirs);
    const table = await append(setup, "mine", mine);
    expect(await filePaths(table)).toEqual(["mine", "theirs"]);
    expect(table.metadata.snapshots.map(({ sequenceNumber }) => sequenceNumber)).toEqual([1n, 2n]);
    expect(setup.environment.sleeps).toEqual([100]);
    const names = [...setup.locations].map((location) => location.replace(/^.*\//, ""));
    expect(names.filter((name) => name.startsWith("snap-"))).toHaveLength(2);
    expect(names.filter((name) => name.endsWith("-m0.avro"))).toHaveLength(2);
  });

  it("is repeated as often as the table allows, then reported, with nothing left behind", async () => {
    const setup = await testTable({ "commit.retry.num-retries": "2", "commit.retry.max-wait-ms": "150" });
    setup.catalog.faults.push(conflict, conflict, conflict);
    await expect(append(setup, "a")).rejects.toMatchObject({ code: "COMMIT_CONFLICT" });
    expect(setup.environment.sleeps).toEqual([100, 150]);
    expect([...setup.locations]).toEqual([]);
  });

  it("is the caller's when asked for, who may commit again", async () => {
    const setup = await testTable();
    const transaction = setup.table.newTransaction(setup.environment).fastAppend([dataFile("a", "AA")]);
    setup.catalog.faults.push(conflict);
    await expect(transaction.commit({ onConflict: "fail" })).rejects.toMatchObject({ code: "COMMIT_CONFLICT" });
    expect(await filePaths(await transaction.commit())).toEqual(["a"]);
  });

  it("with a table that was created anew is final", async () => {
    const setup = await testTable();
    const { catalog, identifier, schema } = setup.table;
    await catalog.dropTable(identifier);
    await catalog.createTable(identifier, { schema, location: "memory://new" });
    await expect(append(setup, "a")).rejects.toThrow("dropped and created again");
    expect([...setup.locations]).toEqual([]);
  });

  it("of twenty writers loses no row", async () => {
    const { table } = await testTable({
      "commit.retry.num-retries": "100",
      "commit.retry.min-wait-ms": "1",
      "commit.retry.max-wait-ms": "3",
    });
    const writers = Array.from({ length: 20 }, (_, i) =>
      table
        .newTransaction()
        .fastAppend([dataFile(`w${i}`, "AA")])
        .commit(),
    );
    await Promise.all(writers);
    const final = await table.refresh();
    expect(new Set(await filePaths(final)).size).toBe(20);
    expect(final.currentSnapshot()?.summary.properties["total-records"]).toBe("200");
  });
});

describe("an unknown outcome", () => {
  it("is a success when the snapshot is there", async () => {
    const setup = await testTable();
    setup.catalog.faults.push(landedButAnswerLost);
    const table = await append(setup, "a");
    expect(await filePaths(table)).toEqual(["a"]);
    expect(setup.catalog.commits).toHaveLength(1);
  });

  it("stays unknown when it is not: nothing is repeated, nothing deleted", async () => {
    const setup = await testTable();
    setup.catalog.faults.push(lost);
    await expect(append(setup, "a")).rejects.toMatchObject({ code: "COMMIT_STATE_UNKNOWN" });
    expect(setup.catalog.commits).toHaveLength(1);
    expect(setup.locations.size).toBe(2);
  });

  it("stays unknown when the table cannot be asked, and names the snapshot", async () => {
    const setup = await testTable();
    setup.catalog.faults.push(lost);
    setup.catalog.loadAnswer = () => refusal(403, "ForbiddenException");
    await expect(append(setup, "a")).rejects.toMatchObject({
      code: "COMMIT_STATE_UNKNOWN",
      message: expect.stringMatching(/look for snapshot \d+ before repeating/),
    });
    expect(setup.locations.size).toBe(2);
  });

  it("is what a conflict leaves when the table cannot be asked: it may be said of a commit that landed", async () => {
    const setup = await testTable();
    setup.catalog.faults.push(async (land) => {
      await land();
      return refusal(409, "CommitFailedException");
    });
    setup.catalog.loadAnswer = () => refusal(403, "ForbiddenException");
    await expect(append(setup, "a")).rejects.toMatchObject({ code: "COMMIT_STATE_UNKNOWN" });
    setup.catalog.loadAnswer = undefined;
    expect(await filePaths(await setup.table.refresh())).toEqual(["a"]);
  });

  it("is what an answer that cannot be read means", async () => {
    const setup = await testTable();
    setup.catalog.faults.push(async (land) => {
      await land();
      return new Response("<html>all is well</html>", { status: 200 });
    });
    expect(await filePaths(await append(setup, "a"))).toEqual(["a"]);
  });

  it("without a snapshot to look for is thrown as it is", async () => {
    const { table, environment, catalog } = await testTable();
    catalog.faults.push(landedButAnswerLost);
    const commit = table.newTransaction(environment).setProperties({ owner: "me" }).commit();
    await expect(commit).rejects.toMatchObject({ code: "COMMIT_STATE_UNKNOWN" });
  });
});

describe("a refusal", () => {
  it("is final, and takes back what was written", async () => {
    const setup = await testTable();
    setup.catalog.faults.push(async () => refusal(403, "ForbiddenException"));
    await expect(append(setup, "a")).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect([...setup.locations]).toEqual([]);
    expect(setup.catalog.commits).toHaveLength(1);
  });
});

describe("several changes", () => {
  it("see each other and land together, under the requirements of the base", async () => {
    const { table, environment, catalog } = await testTable();
    const changed = await table
      .newTransaction(environment)
      .updateSchema((u) => u.addColumn("delay", { kind: "int" }, { doc: "minutes" }))
      .fastAppend([dataFile("a", "AA")])
      .fastAppend([dataFile("b", "AA")])
      .setProperties({ owner: "me" })
      .commit();
    expect(changed.metadata.snapshots.map(({ schemaId }) => schemaId)).toEqual([1, 1]);
    expect(changed.schema.fields.at(-1)).toMatchObject({ id: 3, name: "delay" });
    expect(changed.metadata.properties["owner"]).toBe("me");
    expect(await filePaths(changed)).toEqual(["b", "a"]);
    expect(catalog.commits).toHaveLength(1);
    expect(JSON.parse(catalog.commits[0] ?? "").requirements).toEqual([
      { type: "assert-table-uuid", uuid: table.metadata.tableUuid },
      { type: "assert-last-assigned-field-id", "last-assigned-field-id": 2 },
      { type: "assert-current-schema-id", "current-schema-id": 0 },
      { type: "assert-ref-snapshot-id", ref: "main", "snapshot-id": null },
    ]);
  });

  it("that come to nothing are not sent", async () => {
    const { table, environment, catalog } = await testTable();
    const same = await table
      .newTransaction(environment)
      .updateSchema((u) => u.renameColumn("carrier", "carrier"))
      .removeProperties(["unknown"])
      .commit();
    expect(same).toBe(table);
    expect(catalog.commits).toEqual([]);
  });
});

describe("refs and time travel", () => {
  it("tags, branches, rolls back and looks back", async () => {
    const setup = await testTable();
    const one = await append(setup, "a");
    const two = await append(setup, "b", one);
    const [first, second] = two.metadata.snapshots.map(({ snapshotId: id }) => id) as [
      ReturnType<typeof snapshotId>,
      ReturnType<typeof snapshotId>,
    ];
    const rolledBack = await two
      .newTransaction(setup.environment)
      .createTag("v1", first, { maxRefAgeMs: 1 })
      .createBranch("audit", second, { minSnapshotsToKeep: 2 })
      .setCurrentSnapshot(first)
      .commit();
    expect(rolledBack.snapshotByRef("v1").snapshotId).toBe(first);
    expect(rolledBack.snapshotByRef("audit").snapshotId).toBe(second);
    expect(rolledBack.currentSnapshot()?.snapshotId).toBe(first);
    const [, at] = rolledBack.metadata.snapshotLog;
    expect(rolledBack.snapshotAsOf(at?.timestampMs ?? timestampMs(0)).snapshotId).toBe(second);
    expect(rolledBack.snapshotAsOf(timestampMs(9e14)).snapshotId).toBe(first);
    expect(() => rolledBack.snapshotAsOf(timestampMs(0))).toThrow("no snapshot that was current at 1970");
    expect(() => rolledBack.snapshotByRef("v2")).toThrow('flights.delays has no tag or branch "v2"');

    const change = () => rolledBack.newTransaction(setup.environment);
    expect((await change().removeRef("v1").commit()).metadata.refs["v1"]).toBeUndefined();
    await expect(change().createTag("audit", first).commit()).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
    await expect(change().removeRef("main").commit()).rejects.toThrow("cannot be removed");
    await expect(change().removeRef("v2").commit()).rejects.toThrow('no tag or branch "v2"');
    await expect(change().createTag("x", snapshotId(1n)).commit()).rejects.toMatchObject({
      code: "SNAPSHOT_NOT_FOUND",
    });
  });
});

it("the system's snapshot ids are positive and fit 63 bits", () => {
  const ids = Array.from({ length: 100 }, () => systemEnvironment.snapshotId());
  expect(ids.every((id) => id > 0n && id < 2n ** 63n)).toBe(true);
  expect(new Set(ids).size).toBe(100);
});
