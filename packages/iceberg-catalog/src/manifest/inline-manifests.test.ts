import { expect, it } from "vitest";
import { equalTo } from "../expr/predicate.ts";
import type { FileScanTask } from "../scan/file-scan-task.ts";
import { planIncrementalAppend } from "../scan/incremental-append-scan.ts";
import { TableScan } from "../scan/table-scan.ts";
import { JsonReader } from "../spec/json-reader.ts";
import { parseSnapshot, snapshotToJson } from "../spec/snapshot-json.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import type { Table } from "../table.ts";
import { dataFile, testTable } from "../testing/test-table.ts";
import { readManifestsOf } from "./inline-manifests.ts";

/** A table of two appends, and the same as format 1 may have it: manifests in the snapshots, no sequence numbers. */
async function twoAppends() {
  const { table, environment } = await testTable();
  const append = (on: Table, name: string, carrier: string) =>
    on
      .newTransaction(environment)
      .fastAppend([dataFile(name, carrier)])
      .commit();
  const second = await append(await append(table, "a", "AA"), "b", "BB");
  const read = (location: string) => second.io.read(location);
  const snapshots = await Promise.all(
    second.metadata.snapshots.map(async (snapshot) => ({
      ...snapshot,
      sequenceNumber: 0n as typeof snapshot.sequenceNumber,
      manifestList: "",
      manifests: (await readManifestsOf(snapshot, read)).map(({ manifestPath }) => manifestPath),
    })),
  );
  const metadata: TableMetadata = { ...second.metadata, formatVersion: 1, snapshots };
  return { table: second, read, source: { metadata, io: second.io } };
}

const paths = (tasks: readonly FileScanTask[]) => tasks.map(({ dataFile: file }) => file.filePath);

it("a snapshot that lists its manifests itself is read, whole and what it added", async () => {
  const { table, source } = await twoAppends();
  const expected = await table.scan().plan();
  const plan = await new TableScan(source).plan();
  expect(paths(plan.tasks)).toEqual(paths(expected.tasks));
  expect(plan.tasks.map(({ dataSequenceNumber }) => dataSequenceNumber)).toEqual([0n, 0n]);
  const filtered = await new TableScan(source, { filter: equalTo("carrier", "BB") }).plan();
  expect(paths(filtered.tasks)).toEqual(["memory://delays/data/b.parquet"]);
  const from = table.metadata.snapshots[0]?.snapshotId;
  const appended = await planIncrementalAppend(source, { ...(from !== undefined && { from }) });
  expect(paths(appended.tasks)).toEqual(["memory://delays/data/b.parquet"]);
});

it("such manifests are described as a list would describe them, but for what only a list can tell", async () => {
  const { table, source, read } = await twoAppends();
  const [listed, inline] = [table.metadata.snapshots[1], source.metadata.snapshots[1]];
  if (listed === undefined || inline === undefined) throw new Error("two snapshots were written");
  const expected = (await readManifestsOf(listed, read)).map(({ partitions, ...manifest }) => ({
    ...manifest,
    sequenceNumber: 0n,
    minSequenceNumber: 0n,
  }));
  expect(await readManifestsOf(inline, read)).toEqual(expected);
});

it("comes from metadata, and goes back as it came", () => {
  const json = {
    "snapshot-id": 1n,
    "timestamp-ms": 2n,
    manifests: ["memory://m0.avro"],
    summary: { operation: "append" },
  };
  const snapshot = parseSnapshot(new JsonReader(json));
  expect(snapshot).toMatchObject({ manifestList: "", manifests: ["memory://m0.avro"] });
  expect(
    JSON.parse(JSON.stringify(snapshotToJson(snapshot), (_, v) => (typeof v === "bigint" ? Number(v) : v))),
  ).toEqual({
    ...json,
    "snapshot-id": 1,
    "timestamp-ms": 2,
  });
});
