import { describe, expect, it } from "vitest";
import { equalTo, greaterThan, type Predicate } from "../expr/predicate.ts";
import type { FileIO } from "../io/file-io.ts";
import { type SnapshotId, snapshotId } from "../spec/ids.ts";
import type { DataFile } from "../spec/manifest.ts";
import type { Table } from "../table.ts";
import { commitSnapshot } from "../testing/commit-snapshot.ts";
import { dataFile, testTable } from "../testing/test-table.ts";
import type { FileScanTask } from "./file-scan-task.ts";
import { TableScan } from "./table-scan.ts";

const names = (tasks: readonly FileScanTask[]) => tasks.map((task) => nameOf(task.dataFile));
const nameOf = ({ filePath }: DataFile) => filePath.replace(/^.*\/(.*)\.parquet$/, "$1");
const current = (table: Table) => table.currentSnapshot()?.snapshotId as SnapshotId;

/** Three appends: AA 1..10, BB 11..20, and both carriers 21..30. */
async function threeAppends() {
  const { table, environment, locations } = await testTable();
  const append = (on: Table, ...files: DataFile[]) => on.newTransaction(environment).fastAppend(files).commit();
  const first = await append(table, dataFile("a", "AA", 1n, 10n));
  const second = await append(first, dataFile("b", "BB", 11n, 20n));
  const third = await append(second, dataFile("c", "AA", 21n, 30n), dataFile("d", "BB", 21n, 30n));
  return { first, second, third, environment, locations };
}

describe("a scan", () => {
  it("of an empty table has no files", async () => {
    const { table } = await testTable();
    expect(await table.scan().plan()).toEqual({
      schema: table.schema,
      tasks: [],
      report: { manifests: { total: 0, skipped: 0 }, files: { kept: 0, pruned: 0 }, bytes: { kept: 0n, pruned: 0n } },
    });
  });

  it("skips manifests by their summaries and files by partition and bounds, and says so", async () => {
    const { third } = await threeAppends();
    const byPartition = await third.scan({ filter: equalTo("carrier", "BB") }).plan();
    expect(names(byPartition.tasks)).toEqual(["d", "b"]);
    expect(byPartition.report).toEqual({
      manifests: { total: 3, skipped: 1 },
      files: { kept: 2, pruned: 1 },
      bytes: { kept: 2000n, pruned: 1000n },
    });
    const byBounds = await third.scan({ filter: greaterThan("id", 15n) }).plan();
    expect(names(byBounds.tasks)).toEqual(["c", "d", "b"]);
    expect(byBounds.report.files).toEqual({ kept: 3, pruned: 1 });
  });

  it("opens the manifest list and the manifests that can match, and nothing else", async () => {
    const { third } = await threeAppends();
    const opened: string[] = [];
    const read: FileIO["read"] = (location, range) => {
      opened.push(location);
      return third.io.read(location, range);
    };
    const opens = async (filter?: Predicate): Promise<number> => {
      opened.length = 0;
      const source = { metadata: third.metadata, io: { ...third.io, read } };
      await new TableScan(source, filter && { filter }).plan();
      expect(opened[0]).toBe(third.currentSnapshot()?.manifestList);
      return opened.length - 1;
    };
    expect(await opens()).toBe(3);
    expect(await opens(equalTo("carrier", "BB"))).toBe(2);
    expect(await opens(equalTo("carrier", "ZZ"))).toBe(0);
    expect(await opens(greaterThan("id", 15n))).toBe(3);
  });

  it("at a snapshot has the files and the columns of that time", async () => {
    const { second, third, environment } = await threeAppends();
    const evolved = await third
      .newTransaction(environment)
      .updateSchema((update) => update.addColumn("delay", { kind: "int" }))
      .commit();
    const then = await evolved.scan({ snapshotId: current(second) }).plan();
    expect(names(then.tasks)).toEqual(["b", "a"]);
    expect(then.schema.fields.map(({ name }) => name)).toEqual(["id", "carrier"]);
    const now = await evolved.scan({ filter: greaterThan("delay", 0) }).plan();
    expect(names(now.tasks)).toHaveLength(4);
    expect(now.schema.fields.map(({ name }) => name)).toEqual(["id", "carrier", "delay"]);
    expect(() => evolved.scan({ snapshotId: snapshotId(1n) })).toThrow("no snapshot 1");
    expect(() => evolved.scan({ filter: equalTo("gone", 1) })).toThrow('no column "gone"');
  });

  it("carries the statistics that are asked for", async () => {
    const { first } = await threeAppends();
    const [plain] = (await first.scan().plan()).tasks;
    expect(plain?.dataFile.lowerBounds).toBeUndefined();
    for (const { tasks } of [
      await first.scan({ statsOf: ["id"] }).plan(),
      await first.incrementalAppendScan({ statsOf: ["id"] }),
    ]) {
      expect([...(tasks[0]?.dataFile.lowerBounds?.keys() ?? [])]).toEqual([1]);
    }
  });

  it("streams, and can be left early", async () => {
    const { third } = await threeAppends();
    for await (const task of third.scan().planFiles()) {
      expect(nameOf(task.dataFile)).toBe("c");
      break;
    }
  });

  it("attaches deletes by sequence number and partition", async () => {
    const { third, environment } = await threeAppends();
    const deletes: DataFile[] = [
      { ...dataFile("position", "AA"), content: "position-deletes" },
      { ...dataFile("equality", "BB"), content: "equality-deletes" },
    ];
    const deleted = await commitSnapshot(third, environment, "delete", deletes);
    const later = await deleted
      .newTransaction(environment)
      .fastAppend([dataFile("e", "BB")])
      .commit();
    const { tasks } = await later.scan().plan();
    const attached = Object.fromEntries(tasks.map((task) => [nameOf(task.dataFile), task.deletes.map(nameOf)]));
    expect(attached).toEqual({ a: ["position"], b: ["equality"], c: ["position"], d: ["equality"], e: [] });
    const filtered = await later.scan({ filter: equalTo("carrier", "AA") }).plan();
    expect(filtered.tasks.map((task) => task.deletes.map(nameOf))).toEqual([["position"], ["position"]]);
  });

  it("fails where a manifest is missing", async () => {
    const { third, locations } = await threeAppends();
    const manifest = [...locations].find((location) => location.endsWith("-m0.avro")) ?? "";
    await third.io.delete(manifest);
    await expect(third.scan().plan()).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  });
});

describe("an incremental append scan", () => {
  it("has what was appended after one snapshot up to another, oldest first", async () => {
    const { first, second, third } = await threeAppends();
    expect(names((await third.incrementalAppendScan()).tasks)).toEqual(["a", "b", "c", "d"]);
    expect(names((await third.incrementalAppendScan({ from: current(first) })).tasks)).toEqual(["b", "c", "d"]);
    const upToSecond = await third.incrementalAppendScan({ from: current(first), to: current(second) });
    expect(names(upToSecond.tasks)).toEqual(["b"]);
    expect(upToSecond.toSnapshotId).toBe(current(second));
    expect((await third.incrementalAppendScan({ from: current(third) })).tasks).toEqual([]);
    const filter = equalTo("carrier", "BB");
    expect(names((await third.incrementalAppendScan({ from: current(first), filter })).tasks)).toEqual(["b", "d"]);
  });

  it("passes over rewrites, and names what else happened", async () => {
    const { third, environment } = await threeAppends();
    const replaced = await commitSnapshot(third, environment, "replace", [dataFile("compacted", "AA")]);
    const overwritten = await commitSnapshot(replaced, environment, "overwrite", [dataFile("rewritten", "AA")]);
    const plan = await overwritten.incrementalAppendScan({ from: current(third) });
    expect(plan.tasks).toEqual([]);
    expect(plan.nonAppendSnapshots.map(({ summary }) => summary.operation)).toEqual(["overwrite"]);
  });

  it("refuses a start that is not an ancestor: rolled back or unknown", async () => {
    const { first, third, environment } = await threeAppends();
    const rolledBack = await third.newTransaction(environment).setCurrentSnapshot(current(first)).commit();
    const refused = { code: "SNAPSHOT_NOT_FOUND" };
    await expect(rolledBack.incrementalAppendScan({ from: current(third) })).rejects.toMatchObject(refused);
    await expect(third.incrementalAppendScan({ from: snapshotId(5n) })).rejects.toMatchObject(refused);
    await expect(third.incrementalAppendScan({ to: snapshotId(5n) })).rejects.toMatchObject(refused);
  });

  it("of an empty table has nothing", async () => {
    const { table } = await testTable();
    expect(await table.incrementalAppendScan()).toEqual({ schema: table.schema, tasks: [], nonAppendSnapshots: [] });
  });
});
