import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readManifest } from "../manifest/read-manifest.ts";
import { loadManifests } from "../scan/scan-source.ts";
import { specId } from "../spec/ids.ts";
import { requirePartitionSpec } from "../spec/require-in-metadata.ts";
import type { Table } from "../table.ts";
import { type CommitFault, refusal } from "../testing/faulty-catalog.ts";
import { dataFile, fileNames, liveFiles, testTable } from "../testing/test-table.ts";
import { comparePartitions } from "./compare-partitions.ts";

const manifestsOf = async (table: Table, ref = "main") => loadManifests(table.io, table.snapshotByRef(ref));

/** Every live file with all that must not change, sorted. */
async function entriesOf(table: Table) {
  const all = [];
  for (const manifest of await manifestsOf(table)) {
    const bytes = await table.io.read(manifest.manifestPath);
    const spec = requirePartitionSpec(table.metadata, manifest.partitionSpecId);
    for (const { status, ...entry } of readManifest(bytes, manifest, { spec, schema: table.schema })) {
      if (status !== "deleted") all.push(entry);
    }
  }
  return all.sort((a, b) => (a.dataFile.filePath < b.dataFile.filePath ? -1 : 1));
}

async function scattered(properties: Readonly<Record<string, string>> = {}) {
  const setup = await testTable(properties);
  let { table } = setup;
  for (let i = 0; i < 6; i++) {
    table = await table
      .newTransaction(setup.environment)
      .fastAppend([dataFile(`f${i}`, ["A", "B", null][i % 3] ?? null)])
      .commit();
  }
  const deletes = { ...dataFile("e", "A"), content: "equality-deletes" as const };
  table = await table
    .newTransaction(setup.environment)
    .changeFiles({ removed: { files: [dataFile("f5", null)] }, addedDeletes: [deletes] })
    .commit();
  return { ...setup, table, change: (on: Table = table) => on.newTransaction(setup.environment) };
}

describe("rewriting manifests", () => {
  it("puts files of a partition together, and changes neither a file nor its age", async () => {
    const { table, change } = await scattered();
    const before = await entriesOf(table);
    const plan = await table.scan().plan();
    const rewritten = await change().rewriteManifests().commit();
    expect(await entriesOf(rewritten)).toEqual(before);
    const [data, deletes] = await manifestsOf(rewritten);
    expect(data).toMatchObject({ content: "data", minSequenceNumber: 1n, counts: { existingFiles: 5, addedFiles: 0 } });
    expect(deletes?.content).toBe("deletes");
    const after = await rewritten.scan().plan();
    const byPath = (tasks: typeof plan.tasks) =>
      [...tasks].sort((a, b) => (a.dataFile.filePath < b.dataFile.filePath ? -1 : 1));
    expect(byPath(after.tasks)).toEqual(byPath(plan.tasks));
    expect(rewritten.currentSnapshot()?.summary).toMatchObject({
      operation: "replace",
      properties: {
        "manifests-replaced": "5",
        "manifests-created": "1",
        "manifests-kept": "1",
        "entries-processed": "5",
        "total-data-files": "5",
        "total-delete-files": "1",
      },
    });
    const incremental = await rewritten.incrementalAppendScan({ from: table.currentSnapshot()?.snapshotId as never });
    expect([incremental.tasks, incremental.nonAppendSnapshots]).toEqual([[], []]);
  });

  it("makes manifests of the wanted size, in the order of partitions, and leaves a table alone that would gain nothing", async () => {
    const { change } = await scattered();
    const rewritten = await change().rewriteManifests({ targetSizeBytes: 4500 }).commit();
    const data = (await manifestsOf(rewritten)).filter(({ content }) => content === "data");
    expect(data.length).toBeGreaterThan(1);
    expect(data.length).toBeLessThan(5);
    const bounds = data.map(({ partitions }) => [partitions?.[0]?.containsNull, partitions?.[0]?.lowerBound?.[0]]);
    expect(bounds[0]?.[0]).toBe(true);
    expect(data.slice(1).every(({ partitions }) => partitions?.[0]?.containsNull === false)).toBe(true);
    const whole = await change(rewritten).rewriteManifests().commit();
    expect(await change(whole).rewriteManifests().commit()).toBe(whole);
  });

  it("rewrites what is selected, on the branch that is asked for", async () => {
    const { table, change } = await scattered();
    const [newest] = (await manifestsOf(table)).filter(
      ({ content, counts }) => content === "data" && counts?.addedFiles,
    );
    const branched = await change()
      .createBranch("b", table.currentSnapshot()?.snapshotId as never)
      .commit();
    const rewritten = await change(branched)
      .rewriteManifests({ branch: "b", selects: ({ manifestPath }) => manifestPath !== newest?.manifestPath })
      .commit();
    expect(await manifestsOf(rewritten, "b")).toHaveLength(3);
    expect(await manifestsOf(rewritten)).toEqual(await manifestsOf(table));
    expect(await liveFiles(rewritten, "b")).toEqual(await liveFiles(table));
  });

  it("keeps manifests of different specs apart", async () => {
    const { change } = await scattered();
    let table = await change()
      .updateSpec((u) => u.removeField("carrier"))
      .commit();
    for (const name of ["u1", "u2"]) {
      table = await change(table)
        .fastAppend([{ ...dataFile(name, "A"), specId: specId(1), partition: [] }])
        .commit();
    }
    const before = await entriesOf(table);
    const rewritten = await change(table).rewriteManifests().commit();
    expect((await manifestsOf(rewritten)).map(({ partitionSpecId }) => partitionSpecId).sort()).toEqual([0, 0, 1]);
    expect(await entriesOf(rewritten)).toEqual(before);
  });

  it("loses nothing that others add or remove meanwhile, and leaves no manifest behind", async () => {
    const { table, change, locations } = await scattered();
    await change()
      .changeFiles({ added: [dataFile("new", "A")], removed: { files: [dataFile("f0", "A")] } })
      .commit();
    const rewritten = await change(table).rewriteManifests().commit();
    expect(await liveFiles(rewritten)).toEqual(["f1", "f2", "f3", "f4", "new"]);
    const manifests = new Set<string>();
    for (const snapshot of rewritten.metadata.snapshots) {
      for (const { manifestPath } of await loadManifests(rewritten.io, snapshot)) {
        manifests.add(manifestPath.replace(/.*\//, ""));
      }
    }
    const there = fileNames(locations, ".avro").filter((name) => !name.startsWith("snap-"));
    expect([...there].sort()).toEqual([...manifests].sort());
  });

  it("uses again what it has written when the catalog is only busy", async () => {
    const { change, catalog, locations } = await scattered();
    const busy: CommitFault = async () => refusal(409, "CommitFailedException");
    const before = fileNames(locations, "-m0.avro").length;
    catalog.faults.push(busy, busy);
    await change().rewriteManifests().commit();
    expect(fileNames(locations, "-m0.avro")).toHaveLength(before + 1);
  });
});

it("partitions are ordered totally", () => {
  const tuple = fc.tuple(fc.option(fc.integer()), fc.option(fc.string()));
  fc.assert(
    fc.property(tuple, tuple, tuple, (a, b, c) => {
      expect(Math.sign(comparePartitions(a, b)) + Math.sign(comparePartitions(b, a))).toBe(0);
      if (comparePartitions(a, b) <= 0 && comparePartitions(b, c) <= 0)
        expect(comparePartitions(a, c)).toBeLessThanOrEqual(0);
      expect(comparePartitions(a, a)).toBe(0);
    }),
  );
});
