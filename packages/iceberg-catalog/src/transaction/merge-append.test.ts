import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readManifest } from "../manifest/read-manifest.ts";
import { loadManifests } from "../scan/scan-source.ts";
import { specId } from "../spec/ids.ts";
import type { Table } from "../table.ts";
import { dataFile, fileNames, liveFiles, testTable } from "../testing/test-table.ts";
import { manifestBins } from "./manifest-bins.ts";

const manifestsOf = async (table: Table) => {
  const snapshot = table.currentSnapshot();
  return snapshot === undefined ? [] : loadManifests(table.io, snapshot);
};

const entriesOf = async (table: Table) => {
  const all = [];
  for (const manifest of await manifestsOf(table)) {
    const bytes = await table.io.read(manifest.manifestPath);
    const entries = [...readManifest(bytes, manifest, { spec: table.spec, schema: table.schema })];
    all.push(
      ...entries.map((entry) => [
        entry.dataFile.filePath.replace(/.*\//, ""),
        entry.status,
        entry.dataSequenceNumber,
        entry.fileSequenceNumber,
      ]),
    );
  }
  return all;
};

async function appended(count: number, properties: Readonly<Record<string, string>>) {
  const setup = await testTable(properties);
  let { table } = setup;
  for (let i = 1; i <= count; i++) {
    table = await table
      .newTransaction(setup.environment)
      .append([dataFile(`f${i}`, "A")])
      .commit();
  }
  return { ...setup, table };
}

describe("a merging append", () => {
  it("merges when enough manifests have gathered; every file keeps its sequence number", async () => {
    const { table } = await appended(4, { "commit.manifest.min-count-to-merge": "3" });
    expect(await manifestsOf(table)).toHaveLength(2);
    expect(await entriesOf(table)).toEqual([
      ["f4.parquet", "added", 4n, 4n],
      ["f3.parquet", "added", 3n, 3n],
      ["f2.parquet", "existing", 2n, 2n],
      ["f1.parquet", "existing", 1n, 1n],
    ]);
    const [, merged] = await manifestsOf(table);
    expect(merged).toMatchObject({
      sequenceNumber: 3n,
      minSequenceNumber: 1n,
      counts: { addedFiles: 1, existingFiles: 2 },
    });
    expect(table.currentSnapshot()?.summary.properties["total-data-files"]).toBe("4");
    const incremental = await table.incrementalAppendScan({ from: table.metadata.snapshots[1]?.snapshotId ?? fail() });
    expect(incremental.tasks.map((task) => task.dataFile.filePath.replace(/.*\//, ""))).toEqual([
      "f3.parquet",
      "f4.parquet",
    ]);
  });

  it("leaves manifests alone where the table says so, or where they are as large as they should be", async () => {
    const off = { "commit.manifest.min-count-to-merge": "2", "commit.manifest-merge.enabled": "false" };
    expect(await manifestsOf((await appended(4, off)).table)).toHaveLength(4);
    const full = { "commit.manifest.min-count-to-merge": "2", "commit.manifest.target-size-bytes": "10" };
    expect(await manifestsOf((await appended(4, full)).table)).toHaveLength(4);
    expect(await manifestsOf((await appended(4, {})).table)).toHaveLength(4);
  });

  it("writes no manifest that it merges at once, and leaves none behind", async () => {
    const { table, locations } = await appended(2, { "commit.manifest.min-count-to-merge": "2" });
    expect(await manifestsOf(table)).toHaveLength(1);
    expect(fileNames(locations, "-m0.avro")).toHaveLength(2);
  });

  it("keeps deletes apart from data, and forgets files that are deleted", async () => {
    const { table, environment } = await appended(2, { "commit.manifest.min-count-to-merge": "2" });
    const deletes = { ...dataFile("e", "A"), content: "equality-deletes" as const };
    const changed = await table
      .newTransaction(environment)
      .changeFiles({ removed: { files: [dataFile("f1", "A")] }, addedDeletes: [deletes] })
      .commit();
    const merged = await changed
      .newTransaction(environment)
      .append([dataFile("f3", "A")])
      .commit();
    expect((await manifestsOf(merged)).map(({ content }) => content)).toEqual(["data", "deletes"]);
    expect(await entriesOf(merged)).toEqual([
      ["f3.parquet", "added", 4n, 4n],
      ["f2.parquet", "existing", 2n, 2n],
      ["e.parquet", "added", 3n, 3n],
    ]);
  });

  it("does not merge manifests of different specs", async () => {
    const { table, environment } = await appended(2, { "commit.manifest.min-count-to-merge": "2" });
    const evolved = await table
      .newTransaction(environment)
      .updateSpec((spec) => spec.removeField("carrier"))
      .commit();
    const unpartitioned = { ...dataFile("u", "A"), specId: specId(1), partition: [] };
    const merged = await evolved.newTransaction(environment).append([unpartitioned]).commit();
    expect((await manifestsOf(merged)).map(({ partitionSpecId }) => partitionSpecId)).toEqual([1, 0]);
    expect(await liveFiles(merged)).toEqual(["f1", "f2", "u"]);
  });

  it("merges anew over what came first, and deletes what it does not use then", async () => {
    const { table, environment, locations } = await appended(2, { "commit.manifest.min-count-to-merge": "3" });
    await table
      .newTransaction(environment)
      .fastAppend([dataFile("theirs", "A")])
      .commit();
    const mine = await table
      .newTransaction(environment)
      .append([dataFile("mine", "A")])
      .commit();
    expect(await liveFiles(mine)).toEqual(["f1", "f2", "mine", "theirs"]);
    const used = new Set((await manifestsOf(mine)).map(({ manifestPath }) => manifestPath.replace(/.*\//, "")));
    const before = new Set(["f1", "f2", "theirs"]);
    expect(fileNames(locations, "-m0.avro")).toHaveLength(before.size + used.size);
    expect(fileNames(locations, ".avro").filter((name) => name.startsWith("snap-"))).toHaveLength(4);
  });

  it("reuses what it has merged when the catalog refuses without anything new", async () => {
    const setup = await appended(2, { "commit.manifest.min-count-to-merge": "3" });
    setup.catalog.faults.push(async () =>
      Response.json({ error: { message: "busy", type: "CommitFailedException", code: 409 } }, { status: 409 }),
    );
    const written = fileNames(setup.locations, "-m0.avro").length;
    await setup.table
      .newTransaction(setup.environment)
      .append([dataFile("f3", "A")])
      .commit();
    expect(fileNames(setup.locations, "-m0.avro")).toHaveLength(written + 1);
  });
});

describe("bins of manifests", () => {
  const sized = fc.record({
    content: fc.constantFrom("data" as const, "deletes" as const),
    partitionSpecId: fc.integer({ min: 0, max: 2 }).map(specId),
    manifestLength: fc.bigInt({ min: 1n, max: 120n }),
  });

  it("hold every manifest once, of one kind, in order, and no more than fits; only the newest may have room", () => {
    fc.assert(
      fc.property(fc.array(sized, { maxLength: 30 }), (manifests) => {
        const bins = manifestBins(manifests, 100);
        const key = (m: (typeof manifests)[number]) => `${m.content} ${m.partitionSpecId}`;
        const groups = grouped(manifests, key);
        expect(bins.flat()).toEqual([...groups.values()].flat());
        const size = (bin: typeof manifests) => bin.reduce((sum, { manifestLength }) => sum + manifestLength, 0n);
        for (const [i, bin] of bins.entries()) {
          expect(new Set(bin.map(key)).size).toBe(1);
          expect(bin.length === 1 || size([...bin]) <= 100n).toBe(true);
          const newer = bins[i - 1]?.at(-1);
          const first = bin[0];
          if (newer !== undefined && first !== undefined && key(newer) === key(first)) {
            expect(size([...bin]) + newer.manifestLength).toBeGreaterThan(100n);
          }
        }
      }),
    );
  });
});

function grouped<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

function fail(): never {
  throw new Error("no snapshot");
}
