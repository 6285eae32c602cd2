import { describe, expect, it } from "vitest";
import { withSequenceNumber, writeManifest } from "../manifest/write-manifest.ts";
import { writeManifestList } from "../manifest/write-manifest-list.ts";
import { sequenceNumber, snapshotId, specId } from "../spec/ids.ts";
import type { Snapshot } from "../spec/snapshot.ts";
import { parseTransform } from "../spec/transform.ts";
import type { Table } from "../table.ts";
import { dataFile, liveFiles, testTable } from "../testing/test-table.ts";

async function opened(properties: Readonly<Record<string, string>> = {}) {
  const setup = await testTable(properties);
  return { ...setup, change: (table: Table = setup.table) => table.newTransaction(setup.environment) };
}

describe("the partitioning", () => {
  it("changes for new files, under the requirements that no other spec came meanwhile", async () => {
    const { change, catalog } = await opened();
    const table = await change()
      .fastAppend([dataFile("old", "A")])
      .updateSpec((u) => u.removeField("carrier").addField("id", parseTransform("bucket[4]")))
      .fastAppend([{ ...dataFile("new", "A"), specId: specId(1), partition: [3] }])
      .commit();
    expect(table.spec).toMatchObject({ specId: 1, fields: [{ fieldId: 1001, name: "id_bucket_4" }] });
    expect(await liveFiles(table)).toEqual(["new", "old"]);
    expect(JSON.parse(catalog.commits[0] ?? "").requirements).toEqual(
      expect.arrayContaining([
        { type: "assert-last-assigned-partition-id", "last-assigned-partition-id": 1000 },
        { type: "assert-default-spec-id", "default-spec-id": 0 },
      ]),
    );
    const same = await change(table)
      .updateSpec(() => {})
      .commit();
    expect(same).toBe(table);
  });

  it("lets a column go that only older specs name: their files can still be read and removed", async () => {
    const { change } = await opened();
    const table = await change()
      .fastAppend([dataFile("a", "A"), dataFile("b", "B")])
      .updateSpec((u) => u.removeField("carrier"))
      .updateSchema((u) => u.dropColumn("carrier"))
      .commit();
    const removed = await change(table)
      .changeFiles({ removed: { files: [dataFile("a", "A")] } })
      .commit();
    expect(await liveFiles(removed)).toEqual(["b"]);
    const { tasks } = await removed.scan().plan();
    expect(tasks[0]?.dataFile.partition).toEqual(["B"]);
    await expect(
      change()
        .updateSchema((u) => u.dropColumn("carrier"))
        .commit(),
    ).rejects.toThrow("the table is partitioned by column");
  });
});

describe("the sort order", () => {
  it("is replaced, is known again, and can be none", async () => {
    const { change } = await opened();
    const table = await change()
      .replaceSortOrder([
        { column: "carrier" },
        { column: "id", direction: "desc", transform: parseTransform("bucket[8]") },
      ])
      .commit();
    expect(table.sortOrder).toEqual({
      orderId: 1,
      fields: [
        { sourceId: 2, transform: { kind: "identity" }, direction: "asc", nullOrder: "nulls-first" },
        { sourceId: 1, transform: { kind: "bucket", buckets: 8 }, direction: "desc", nullOrder: "nulls-last" },
      ],
    });
    const none = await change(table).replaceSortOrder([]).commit();
    expect(none.sortOrder.orderId).toBe(0);
    const byCarrier = await change(none)
      .replaceSortOrder([{ column: "carrier", nullOrder: "nulls-last" }])
      .commit();
    expect(byCarrier.sortOrder.orderId).toBe(2);
    expect(
      await change(byCarrier)
        .replaceSortOrder([{ column: "carrier", nullOrder: "nulls-last" }])
        .commit(),
    ).toBe(byCarrier);
    await expect(
      change()
        .replaceSortOrder([{ column: "x" }])
        .commit(),
    ).rejects.toThrow('cannot sort by "x"');
    const byDay = [{ column: "carrier", transform: parseTransform("day") }];
    await expect(change().replaceSortOrder(byDay).commit()).rejects.toThrow("day cannot be applied to string");
  });
});

describe("the table", () => {
  it("moves: new files go elsewhere, old ones stay", async () => {
    const { change, locations } = await opened();
    const before = await change()
      .fastAppend([dataFile("a", "A")])
      .commit();
    const moved = await change(before)
      .updateLocation("memory://elsewhere")
      .fastAppend([dataFile("b", "A")])
      .commit();
    expect(await liveFiles(moved)).toEqual(["a", "b"]);
    expect([...locations].filter((location) => location.startsWith("memory://elsewhere/metadata/"))).toHaveLength(2);
    await expect(change(moved).updateLocation("").commit()).rejects.toThrow("cannot be empty");
  });

  it("is upgraded from format 1 to 2, and no further and not back", async () => {
    const { table, change } = await opened({ "format-version": "1" });
    await expect(
      change()
        .fastAppend([dataFile("a", "A")])
        .commit(),
    ).rejects.toMatchObject({ code: "UNSUPPORTED" });
    const upgraded = await change()
      .upgradeFormatVersion(2)
      .fastAppend([dataFile("a", "A")])
      .commit();
    expect([table.metadata.formatVersion, upgraded.metadata.formatVersion]).toEqual([1, 2]);
    expect(await liveFiles(upgraded)).toEqual(["a"]);
    expect(await change(upgraded).upgradeFormatVersion(2).commit()).toBe(upgraded);
    await expect(change(upgraded).upgradeFormatVersion(3).commit()).rejects.toMatchObject({ code: "UNSUPPORTED" });
    await expect(change(upgraded).upgradeFormatVersion(1).commit()).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("keeps what format 1 wrote: files of sequence number 0, before all that comes", async () => {
    const { table, change, environment } = await opened({ "format-version": "1" });
    const entries = [{ status: "added", snapshotId: snapshotId(7n), dataFile: dataFile("old", "A") } as const];
    const manifest = {
      content: "data",
      snapshotId: snapshotId(7n),
      schema: table.schema,
      spec: table.spec,
      entries,
    } as const;
    const written = writeManifest({ ...manifest, path: "memory://delays/metadata/v1-m0.avro" });
    await table.io.write(written.manifest.manifestPath, written.bytes);
    const first: Snapshot = {
      snapshotId: snapshotId(7n),
      sequenceNumber: sequenceNumber(0n),
      timestampMs: environment.now(),
      manifestList: "memory://delays/metadata/v1-list.avro",
      summary: { operation: "append", properties: {} },
    };
    const list = writeManifestList(first, [withSequenceNumber(written.manifest, first.sequenceNumber)]);
    await table.io.write(first.manifestList, list);
    const ref = { type: "branch", snapshotId: first.snapshotId } as const;
    await table.catalog.updateTable(table.identifier, {
      requirements: [],
      updates: [
        { action: "add-snapshot", snapshot: first },
        { action: "set-snapshot-ref", refName: "main", ref },
      ],
    });
    const upgraded = await change(await table.refresh())
      .upgradeFormatVersion(2)
      .append([dataFile("new", "A")])
      .commit();
    const { tasks } = await upgraded.scan().plan();
    expect(tasks.map((task) => [task.dataFile.filePath.replace(/.*\//, ""), task.dataSequenceNumber])).toEqual([
      ["new.parquet", 1n],
      ["old.parquet", 0n],
    ]);
    expect((await upgraded.refresh()).metadata.snapshots.map((snapshot) => snapshot.sequenceNumber)).toEqual([0n, 1n]);
    const rewritten = await change(upgraded).rewriteManifests().commit();
    expect((await rewritten.scan().plan()).tasks.map((task) => task.dataSequenceNumber).sort()).toEqual([0n, 1n]);
  });

  it("that gets back to older columns gets back to the older schema, and never to an older column id", async () => {
    const { table, change } = await opened();
    const added = await change()
      .updateSchema((u) => u.addColumn("x", { kind: "int" }))
      .commit();
    const dropped = await change(added)
      .updateSchema((u) => u.dropColumn("x"))
      .commit();
    expect(dropped.schema.schemaId).toBe(table.schema.schemaId);
    expect([dropped.metadata.schemas.length, dropped.metadata.lastColumnId]).toEqual([2, 3]);
    const again = await change(dropped)
      .updateSchema((u) => u.addColumn("x", { kind: "int" }))
      .commit();
    expect(again.schema.fields.at(-1)?.id).toBe(4);
  });
});
