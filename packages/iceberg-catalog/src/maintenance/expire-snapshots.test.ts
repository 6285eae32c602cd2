import { describe, expect, it } from "vitest";
import { snapshotId, timestampMs } from "../spec/ids.ts";
import { loadTable, Table } from "../table.ts";
import { dataFile, testTable } from "../testing/test-table.ts";
import { expireSnapshots } from "./expire-snapshots.ts";

/** A table of four commits: two appends, an overwrite of the first file, an append. */
async function history(properties: Readonly<Record<string, string>> = {}) {
  const opened = await testTable(properties);
  const { environment } = opened;
  const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => dataFile(name, "A"));
  if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error("no files");
  let { table } = opened;
  table = await table.newTransaction(environment).fastAppend([a]).commit();
  table = await table.newTransaction(environment).fastAppend([b]).commit();
  table = await table
    .newTransaction(environment)
    .changeFiles({ added: [c], removed: { files: [a] } })
    .commit();
  table = await table.newTransaction(environment).fastAppend([d]).commit();
  for (const file of [a, b, c, d]) await table.io.write(file.filePath, new Uint8Array(1));
  return { ...opened, table };
}

const ids = (table: Table) => table.metadata.snapshots.map((snapshot) => snapshot.snapshotId);
const names = (locations: Iterable<string>) =>
  [...locations]
    .filter((l) => l.endsWith(".parquet"))
    .map((l) => l.replace(/.*\//, ""))
    .sort();
const everything = { olderThan: timestampMs(Number.MAX_SAFE_INTEGER) };

describe("expiring snapshots", () => {
  it("keeps the current one, and deletes only what no remaining snapshot needs", async () => {
    const { table, environment, locations } = await history();
    const expired = await expireSnapshots(table, { ...everything, environment });
    expect(expired.snapshotIds).toEqual(ids(table).slice(0, 3));
    expect(ids(expired.table)).toEqual(ids(table).slice(3));
    expect(names(expired.files)).toEqual(["a.parquet"]);
    expect(names(locations)).toEqual(["b.parquet", "c.parquet", "d.parquet"]);
    const { tasks } = await (await table.refresh()).scan().plan();
    expect(names(tasks.map((task) => task.dataFile.filePath))).toEqual(["b.parquet", "c.parquet", "d.parquet"]);
    for (const location of expired.files) expect(locations.has(location)).toBe(false);
  });

  it("keeps the newest ones, the young ones, and five days by itself", async () => {
    const { table, environment } = await history();
    expect(
      (await expireSnapshots(table, { ...everything, retainLast: 3, dryRun: true, environment })).snapshotIds,
    ).toEqual(ids(table).slice(0, 1));
    const third = table.metadata.snapshots[2];
    if (third === undefined) throw new Error("no snapshot");
    expect(
      (await expireSnapshots(table, { olderThan: third.timestampMs, dryRun: true, environment })).snapshotIds,
    ).toEqual(ids(table).slice(0, 2));
    expect((await expireSnapshots(table, { dryRun: true, environment })).snapshotIds).toEqual([]);
  });

  it("changes nothing in a dry run, and says the same as a real one", async () => {
    const { table, environment, locations } = await history();
    const before = [...locations].sort();
    const planned = await expireSnapshots(table, { ...everything, dryRun: true, environment });
    expect([...locations].sort()).toEqual(before);
    expect(ids(await table.refresh())).toEqual(ids(table));
    const done = await expireSnapshots(table, { ...everything, environment });
    expect([...done.files].sort()).toEqual([...planned.files].sort());
  });

  it("never takes what a tag or a branch needs", async () => {
    const { table, environment, locations } = await history();
    const [first, second] = ids(table);
    if (first === undefined || second === undefined) throw new Error("no snapshots");
    const tagged = await table
      .newTransaction(environment)
      .createTag("training", first)
      .createBranch("audit", second)
      .commit();
    const expired = await expireSnapshots(tagged, { ...everything, environment });
    expect(ids(expired.table)).toEqual([first, second, ids(table)[3]]);
    expect(names(locations)).toEqual(["a.parquet", "b.parquet", "c.parquet", "d.parquet"]);
    const then = await expired.table.scan({ snapshotId: first }).plan();
    expect(names(then.tasks.map((task) => task.dataFile.filePath))).toEqual(["a.parquet"]);
  });

  it("lets staged snapshots go by their age alone", async () => {
    const { table, environment, locations } = await history();
    const file = dataFile("staged", "A");
    await table.io.write(file.filePath, new Uint8Array(1));
    const staged = await table.newTransaction(environment).fastAppend([file], { wapId: "w" }).commit();
    const [newest] = staged.metadata.snapshots.slice(-1);
    const young = { olderThan: newest?.timestampMs ?? timestampMs(0), retainLast: 9, environment };
    expect((await expireSnapshots(staged, { ...young, dryRun: true })).snapshotIds).toEqual([]);
    const expired = await expireSnapshots(staged, { ...everything, retainLast: 9, environment });
    expect(expired.snapshotIds).toEqual([newest?.snapshotId]);
    expect(names(locations)).toEqual(["a.parquet", "b.parquet", "c.parquet", "d.parquet"]);
  });

  it("lets refs go that are older than they may be, but never main", async () => {
    const { table, environment } = await history({ "history.expire.max-ref-age-ms": "0" });
    const [first] = ids(table);
    if (first === undefined) throw new Error("no snapshot");
    const tagged = await table
      .newTransaction(environment)
      .createTag("old", first)
      .createTag("kept", first, { maxRefAgeMs: 1e15 })
      .commit();
    const expired = await expireSnapshots(tagged, { ...everything, environment });
    expect(expired.refs).toEqual(["old"]);
    expect(Object.keys(expired.table.metadata.refs).sort()).toEqual(["kept", "main"]);
  });

  it("decides anew when somebody commits meanwhile", async () => {
    const { table, environment } = await history();
    await table
      .newTransaction(environment)
      .fastAppend([dataFile("e", "A")])
      .commit();
    const expired = await expireSnapshots(table, { ...everything, environment });
    expect(ids(expired.table)).toHaveLength(1);
    const { tasks } = await expired.table.scan().plan();
    expect(tasks).toHaveLength(4);
  });

  it("is refused where files may be shared", async () => {
    const { table, environment } = await history({ "gc.enabled": "false" });
    await expect(expireSnapshots(table, { ...everything, environment })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("gc.enabled"),
    });
  });

  it("is refused, and deletes nothing, where that is said while it meets a conflict", async () => {
    const { table, environment, locations } = await history();
    const before = names(locations);
    const shared = table.newTransaction(environment).setProperties({ "gc.enabled": "false" });
    await shared.fastAppend([dataFile("e", "A")]).commit();
    await expect(expireSnapshots(table, { ...everything, environment })).rejects.toThrow("gc.enabled is false");
    expect(names(locations)).toEqual(before);
    expect(ids(await table.refresh())).toHaveLength(5);
  });

  it("deletes nothing where that is said without a conflict", async () => {
    const { table, environment, locations } = await history();
    const before = names(locations);
    await table.newTransaction(environment).setProperties({ "gc.enabled": "false" }).commit();
    const expired = await expireSnapshots(table, { ...everything, environment });
    expect([expired.snapshotIds.length, expired.files]).toEqual([3, []]);
    expect(names(locations)).toEqual(before);
  });

  it("forgets a history that a reader then cannot ask for", async () => {
    const { table, environment } = await history();
    const [first] = ids(table);
    const expired = await expireSnapshots(table, { ...everything, environment });
    expect(() => expired.table.snapshot(first ?? snapshotId(0n))).toThrow(
      expect.objectContaining({ code: "SNAPSHOT_NOT_FOUND" }),
    );
    expect(expired.table.metadata.snapshotLog).toHaveLength(1);
  });

  it("deletes nothing when it cannot see all of what has to stay", async () => {
    const { table, environment, locations } = await history();
    const kept = await table.scan().plan();
    const manifest = [...locations].findLast((location) => location.endsWith("-m0.avro"));
    await table.io.delete(manifest ?? "");
    const before = names(locations);
    await expect(expireSnapshots(table, { ...everything, environment })).rejects.toMatchObject({
      code: "FILE_NOT_FOUND",
    });
    expect(names(locations)).toEqual(before);
    expect(kept.tasks).toHaveLength(3);
  });
});

describe("expiring what only expired snapshots needed", () => {
  it("deletes their statistics, and no others'", async () => {
    const { table, environment, locations } = await history();
    const [first, last] = [ids(table)[0], ids(table).at(-1)];
    const statistics = (snapshot: bigint | undefined, path: string) =>
      ({
        action: "set-statistics",
        statistics: {
          "snapshot-id": snapshot ?? 0n,
          "statistics-path": path,
          "file-size-in-bytes": 1n,
          "file-footer-size-in-bytes": 1n,
          "blob-metadata": [],
        },
      }) as const;
    for (const name of ["old", "new"])
      await table.io.write(`memory://delays/metadata/${name}.puffin`, new Uint8Array(1));
    await table.catalog.updateTable(table.identifier, {
      requirements: [],
      updates: [
        statistics(first, "memory://delays/metadata/old.puffin"),
        statistics(last, "memory://delays/metadata/new.puffin"),
      ],
    });
    const expired = await expireSnapshots(await table.refresh(), { ...everything, environment });
    expect(expired.files).toContain("memory://delays/metadata/old.puffin");
    expect([...locations].filter((location) => location.endsWith(".puffin"))).toEqual([
      "memory://delays/metadata/new.puffin",
    ]);
  });

  it("removes schemas and specs when asked for, but not those in use", async () => {
    const { table, environment } = await history();
    const change = (on: Table) => on.newTransaction(environment);
    let evolved = await change(table)
      .updateSchema((u) => u.addColumn("x", { kind: "int" }))
      .updateSchema((u) => u.addColumn("y", { kind: "int" }))
      .updateSpec((u) => u.addField("x"))
      .updateSpec((u) => u.addField("y"))
      .commit();
    expect([evolved.metadata.schemas.length, evolved.metadata.partitionSpecs.length]).toEqual([3, 3]);
    const kept = await expireSnapshots(evolved, { ...everything, environment });
    expect([kept.table.metadata.schemas.length, kept.table.metadata.partitionSpecs.length]).toEqual([3, 3]);
    evolved = await change(kept.table).setProperties({ touched: "yes" }).commit();
    const cleaned = await expireSnapshots(evolved, { ...everything, cleanExpiredMetadata: true, environment });
    // Snapshots of schema 0 and spec 0 are still there, and the defaults are the last ones.
    expect(cleaned.table.metadata.schemas.map(({ schemaId }) => schemaId)).toEqual([0, 2]);
    expect(cleaned.table.metadata.partitionSpecs.map(({ specId }) => specId)).toEqual([0, 2]);
    const { tasks } = await (await table.refresh()).scan().plan();
    expect(tasks).toHaveLength(3);
  });

  it("has done its work even where a file cannot be deleted, and says which", async () => {
    const { table, environment, locations } = await history();
    const stubborn = dataFile("a", "A").filePath;
    const io = {
      ...table.io,
      delete: async (location: string) => {
        if (location === stubborn) throw new Error("no");
        await table.io.delete(location);
      },
    };
    const loaded = await table.catalog.loadTable(table.identifier);
    const there = new Table(table.catalog, table.identifier, loaded, io);
    const expired = await expireSnapshots(there, { ...everything, environment });
    expect(expired.failed.map(({ location }) => location)).toEqual([stubborn]);
    expect([...locations].filter((location) => expired.files.includes(location))).toEqual([stubborn]);
    expect(ids(expired.table)).toHaveLength(1);
  });

  it("leaves what another commit came to need while it was under way: a tag, and a branch with files of its own", async () => {
    const { table, catalog, environment } = await history();
    const [old] = table.metadata.snapshots;
    if (old === undefined) throw new Error("no snapshot");
    catalog.faults.push(async (land) => {
      const elsewhere = await loadTable(catalog.another, table.identifier, table.io);
      await elsewhere.newTransaction(environment).createTag("keep", old.snapshotId).commit();
      return land();
    });
    const expired = await expireSnapshots(table, { ...everything, environment });
    expect(ids(expired.table)).toContain(old.snapshotId);
    const { tasks } = await expired.table.scan({ snapshotId: old.snapshotId }).plan();
    expect(names(tasks.map((task) => task.dataFile.filePath))).toEqual(["a.parquet"]);
    expect(names(expired.files)).not.toContain("a.parquet");
  });
});
