import { describe, expect, it } from "vitest";
import { equalTo, lessThan } from "../expr/predicate.ts";
import { fieldId } from "../spec/ids.ts";
import type { DataFile } from "../spec/manifest.ts";
import { encodeValue } from "../spec/values.ts";
import type { Table } from "../table.ts";
import { dataFile, testTable } from "../testing/test-table.ts";

const deleteFile = (
  name: string,
  carrier: string | null,
  content: "position-deletes" | "equality-deletes",
): DataFile => ({
  ...dataFile(name, carrier),
  content,
  recordCount: 2n,
});

/** What a reader sees: each live data file, with the delete files that apply to it. */
async function seen(table: Table): Promise<Readonly<Record<string, readonly string[]>>> {
  const name = (file: DataFile) => file.filePath.replace(/.*\//, "").replace(".parquet", "");
  const { tasks } = await table.scan().plan();
  return Object.fromEntries(tasks.map((task) => [name(task.dataFile), task.deletes.map(name)]).sort());
}

const summaryOf = (table: Table) => ({
  operation: table.currentSnapshot()?.summary.operation,
  ...table.currentSnapshot()?.summary.properties,
});

async function tableWith(...files: DataFile[]) {
  const opened = await testTable();
  const { environment } = opened;
  let { table } = opened;
  for (const file of files) table = await table.newTransaction(environment).fastAppend([file]).commit();
  return { ...opened, table };
}

const [a1, a2, b1] = [dataFile("a1", "A", 1n, 5n), dataFile("a2", "A", 6n, 9n), dataFile("b1", "B", 1n, 9n)];

describe("a change of rows", () => {
  it("overwrites files: what goes is deleted, what stays keeps its age, and the summary counts both", async () => {
    const { table, environment } = await tableWith(a1, a2, b1);
    const before = await table.scan().plan();
    const changed = await table
      .newTransaction(environment)
      .changeFiles({ added: [dataFile("a3", "A")], removed: { files: [a1, a2] } })
      .commit();
    expect(await seen(changed)).toEqual({ a3: [], b1: [] });
    expect(summaryOf(changed)).toMatchObject({
      operation: "overwrite",
      "added-data-files": "1",
      "deleted-data-files": "2",
      "deleted-records": "20",
      "total-data-files": "2",
      "total-records": "20",
      "changed-partition-count": "1",
    });
    const ages = async (t: Table) =>
      Object.fromEntries(
        (await t.scan().plan()).tasks.map((task) => [task.dataFile.filePath, task.dataSequenceNumber]),
      );
    expect((await ages(changed))[b1.filePath]).toBe(
      before.tasks.find((task) => task.dataFile.filePath === b1.filePath)?.dataSequenceNumber,
    );
    expect(await seen(table)).toEqual({ a1: [], a2: [], b1: [] });
  });

  it("overwrites the partitions of what it adds, and no other", async () => {
    const { table, environment } = await tableWith(a1, a2, b1);
    const fresh = [dataFile("a3", "A")];
    const changed = await table
      .newTransaction(environment)
      .changeFiles({ added: fresh, removed: { partitionsOf: fresh } })
      .commit();
    expect(await seen(changed)).toEqual({ a3: [], b1: [] });
  });

  it("deletes whole files by a predicate, by partition and by bounds, and refuses to guess about parts", async () => {
    const known = {
      valueCounts: new Map([[a1.lowerBounds?.keys().next().value ?? 0, 10n]]),
      nullValueCounts: new Map([[a1.lowerBounds?.keys().next().value ?? 0, 0n]]),
    };
    const withCounts = [a1, a2, b1].map((file) => ({ ...file, ...known }) as DataFile);
    const { table, environment } = await tableWith(...withCounts);
    const remove = (matching: Parameters<typeof lessThan>[1] | string) =>
      table.newTransaction(environment).changeFiles({
        removed: { matching: typeof matching === "string" ? equalTo("carrier", matching) : lessThan("id", matching) },
      });
    expect(summaryOf(await remove("B").commit())).toMatchObject({ operation: "delete", "deleted-data-files": "1" });
    const again = await table.refresh();
    const below = again.newTransaction(environment).changeFiles({ removed: { matching: lessThan("id", 6n) } });
    expect(await seen(await below.commit())).toEqual({ a2: [] });
    const last = await again.refresh();
    const part = last
      .newTransaction(environment)
      .changeFiles({ removed: { matching: lessThan("id", 8n) } })
      .commit();
    await expect(part).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("may hold rows that the predicate does not match"),
    });
  });

  it("does not take nulls for matches", async () => {
    const { table, environment } = await tableWith(a1);
    const maybeNull = table
      .newTransaction(environment)
      .changeFiles({ removed: { matching: lessThan("id", 100n) } })
      .commit();
    await expect(maybeNull).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("does not take NaN for a match, which bounds say nothing of", async () => {
    const opened = await tableWith();
    const { environment } = opened;
    const table = await opened.table
      .newTransaction(environment)
      .updateSchema((update) => update.addColumn("ratio", { kind: "double" }))
      .commit();
    const ratio = fieldId(3);
    const bound = encodeValue({ kind: "double" }, 1);
    const file = (name: string, nans: bigint): DataFile => ({
      ...dataFile(name, "A"),
      valueCounts: new Map([[ratio, 10n]]),
      nullValueCounts: new Map([[ratio, 0n]]),
      nanValueCounts: new Map([[ratio, nans]]),
      lowerBounds: new Map([[ratio, bound]]),
      upperBounds: new Map([[ratio, bound]]),
    });
    const removeBelow5 = (from: Table) =>
      from
        .newTransaction(environment)
        .changeFiles({ removed: { matching: lessThan("ratio", 5) } })
        .commit();
    const ofNumbers = await table
      .newTransaction(environment)
      .fastAppend([file("numbers", 0n)])
      .commit();
    expect(await seen(await removeBelow5(ofNumbers))).toEqual({});
    const withNan = await (await table.refresh())
      .newTransaction(environment)
      .fastAppend([file("nan", 1n)])
      .commit();
    await expect(removeBelow5(withNan)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("deletes rows by position and by equality: the first also of its own commit, the second only of older ones", async () => {
    const { table, environment } = await tableWith(a1, b1);
    const changed = await table
      .newTransaction(environment)
      .changeFiles({
        added: [a2],
        addedDeletes: [deleteFile("p", "A", "position-deletes"), deleteFile("e", "A", "equality-deletes")],
      })
      .commit();
    expect(await seen(changed)).toEqual({ a1: ["p", "e"], a2: ["p"], b1: [] });
    expect(summaryOf(changed)).toMatchObject({
      operation: "overwrite",
      "added-delete-files": "2",
      "added-position-deletes": "2",
      "added-equality-deletes": "2",
      "total-delete-files": "2",
    });
  });

  it("rewrites files without touching their rows: deletes that came later by equality still apply", async () => {
    const { table, environment } = await tableWith(a1, a2);
    const from = table.currentSnapshot();
    if (from === undefined) throw new Error("no snapshot");
    await table
      .newTransaction(environment)
      .changeFiles({ addedDeletes: [deleteFile("e", "A", "equality-deletes")] })
      .commit();
    const compacted = await table
      .newTransaction(environment)
      .rewriteFiles({ removed: [a1, a2], added: [dataFile("a12", "A")], from })
      .commit();
    expect(await seen(compacted)).toEqual({ a12: ["e"] });
    expect(summaryOf(compacted)).toMatchObject({
      operation: "replace",
      "total-data-files": "1",
      "total-delete-files": "1",
    });
    const incremental = await compacted.incrementalAppendScan({ from: from.snapshotId });
    expect(incremental.tasks).toEqual([]);
  });

  it("refuses to rewrite files of which rows were deleted by position meanwhile", async () => {
    const { table, environment, locations } = await tableWith(a1, a2);
    const from = table.currentSnapshot();
    if (from === undefined) throw new Error("no snapshot");
    await table
      .newTransaction(environment)
      .changeFiles({ addedDeletes: [deleteFile("p", "A", "position-deletes")] })
      .commit();
    const before = [...locations].sort();
    const compaction = table
      .newTransaction(environment)
      .rewriteFiles({ removed: [a1, a2], added: [dataFile("a12", "A")], from })
      .commit();
    await expect(compaction).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
    expect([...locations].sort()).toEqual(before);
  });
});

describe("two changes at once", () => {
  it("both land when they have nothing to do with each other", async () => {
    const { table, environment } = await tableWith(a1, b1);
    await table
      .newTransaction(environment)
      .changeFiles({ added: [dataFile("b2", "B")], removed: { files: [b1] } })
      .commit();
    const second = await table
      .newTransaction(environment)
      .changeFiles({ added: [dataFile("a3", "A")], removed: { files: [a1] } })
      .commit();
    expect(await seen(second)).toEqual({ a3: [], b2: [] });
  });

  it("end with one winner when both remove the same file, and the loser leaves nothing behind", async () => {
    const { table, environment, locations } = await tableWith(a1, b1);
    await table
      .newTransaction(environment)
      .changeFiles({ removed: { files: [a1] } })
      .commit();
    const before = [...locations].sort();
    const second = table
      .newTransaction(environment)
      .changeFiles({ added: [dataFile("a3", "A")], removed: { files: [a1] } })
      .commit();
    await expect(second).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      message: expect.stringContaining("a1.parquet is not in the table any more"),
    });
    expect([...locations].sort()).toEqual(before);
  });

  const isolations = [
    ["serializable", { carrier: "A" }, "added rows that would have been read"],
    ["snapshot", { carrier: "A" }, undefined],
    ["serializable", { carrier: "B" }, undefined],
  ] as const;
  it.each(isolations)("under %s isolation, when rows of %o come meanwhile", async (isolation, { carrier }, refused) => {
    const { table, environment } = await tableWith(a1, b1);
    await table
      .newTransaction(environment)
      .fastAppend([dataFile("new", carrier)])
      .commit();
    const conflicts = { from: table.currentSnapshot()?.snapshotId, filter: equalTo("carrier", "A"), isolation };
    const change = table
      .newTransaction(environment)
      .changeFiles({ added: [dataFile("a3", "A")], removed: { files: [a1] }, conflicts })
      .commit();
    if (refused === undefined) expect(Object.keys(await seen(await change))).toContain("a3");
    else
      await expect(change).rejects.toMatchObject({
        code: "VALIDATION_FAILED",
        message: expect.stringContaining(refused),
      });
  });

  it("are refused when deletes point into a file that is gone, even into one that was only rewritten", async () => {
    const { table, environment } = await tableWith(a1, a2);
    const from = table.currentSnapshot();
    if (from === undefined) throw new Error("no snapshot");
    await table
      .newTransaction(environment)
      .rewriteFiles({ removed: [a1], added: [dataFile("a1b", "A")], from })
      .commit();
    const conflicts = { from: from.snapshotId, isolation: "snapshot", referenced: [a1] } as const;
    const deletes = table
      .newTransaction(environment)
      .changeFiles({ addedDeletes: [deleteFile("p", "A", "position-deletes")], conflicts })
      .commit();
    await expect(deletes).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      message: expect.stringContaining("into which deletes point"),
    });
  });

  it("are refused when the history they were computed from was rolled back", async () => {
    const { table, environment } = await tableWith(a1, a2);
    const first = table.metadata.snapshots[0];
    if (first === undefined) throw new Error("no snapshot");
    await table.newTransaction(environment).setCurrentSnapshot(first.snapshotId).commit();
    const conflicts = { from: table.currentSnapshot()?.snapshotId, isolation: "snapshot" } as const;
    const change = table
      .newTransaction(environment)
      .changeFiles({ removed: { files: [a1] }, conflicts })
      .commit();
    await expect(change).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      message: expect.stringContaining("not in the table's history any more"),
    });
  });
});
