import { describe, expect, it } from "vitest";
import { fieldId, snapshotId } from "../spec/ids.ts";
import { parseTransform } from "../spec/transform.ts";
import type { Table } from "../table.ts";
import { dataFile, testTable } from "../testing/test-table.ts";
import { metadataTables } from "./metadata-tables.ts";

async function collect<Row>(rows: AsyncIterable<Row>): Promise<readonly Row[]> {
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

const name = (path: string): string => path.replace(/^.*\//, "");

async function opened() {
  const setup = await testTable();
  const change = (table: Table) => table.newTransaction(setup.environment);
  let table = await change(setup.table)
    .fastAppend([dataFile("a", "A", 1n, 5n), dataFile("b", "B", 6n, 9n)])
    .commit();
  const deletes = {
    ...dataFile("e", "A"),
    content: "equality-deletes" as const,
    recordCount: 2n,
    equalityIds: [fieldId(1)],
  };
  table = await change(table)
    .changeFiles({ added: [dataFile("c", null)], removed: { files: [dataFile("b", "B")] }, addedDeletes: [deletes] })
    .commit();
  return { ...setup, table, change };
}

describe("metadata tables", () => {
  it("are all empty for an empty table, but for its metadata file", async () => {
    const { table } = await testTable();
    const { metadata_log_entries, ...others } = metadataTables(table);
    for (const rows of Object.values(others)) expect(await collect<unknown>(rows())).toEqual([]);
    expect(await collect(metadata_log_entries())).toEqual([
      {
        timestamp: new Date(table.metadata.lastUpdatedMs),
        file: table.metadataLocation,
        latest_snapshot_id: null,
        latest_schema_id: null,
        latest_sequence_number: null,
      },
    ]);
  });

  it("tell the history, with what was rolled back", async () => {
    const { table, change } = await opened();
    const [first, second] = table.metadata.snapshots;
    if (first === undefined || second === undefined) throw new Error("no snapshots");
    const back = await change(table)
      .createTag("t", second.snapshotId, { maxRefAgeMs: 5 })
      .rollbackTo(first.snapshotId)
      .commit();
    const tables = metadataTables(back);
    expect(await collect(tables.snapshots())).toMatchObject([
      {
        committed_at: new Date(first.timestampMs),
        snapshot_id: first.snapshotId,
        parent_id: null,
        operation: "append",
      },
      {
        snapshot_id: second.snapshotId,
        parent_id: first.snapshotId,
        operation: "overwrite",
        manifest_list: second.manifestList,
      },
    ]);
    expect((await collect(tables.history())).map((row) => [row.snapshot_id, row.is_current_ancestor])).toEqual([
      [first.snapshotId, true],
      [second.snapshotId, false],
      [first.snapshotId, true],
    ]);
    expect(await collect(tables.refs())).toEqual([
      {
        name: "main",
        type: "BRANCH",
        snapshot_id: first.snapshotId,
        max_reference_age_in_ms: null,
        min_snapshots_to_keep: null,
        max_snapshot_age_in_ms: null,
      },
      {
        name: "t",
        type: "TAG",
        snapshot_id: second.snapshotId,
        max_reference_age_in_ms: 5,
        min_snapshots_to_keep: null,
        max_snapshot_age_in_ms: null,
      },
    ]);
    const log = await collect(tables.metadata_log_entries());
    expect(log.map((row) => row.latest_sequence_number)).toEqual([null, 1n, 2n, 1n]);
    expect(log.at(-1)?.file).toBe(back.metadataLocation);
  });

  it("tell the files, by what they hold, and what manifests say of those that are gone", async () => {
    const { table } = await opened();
    const tables = metadataTables(table);
    const names = async (rows: AsyncIterable<{ file_path: string }>) =>
      (await collect(rows)).map((row) => name(row.file_path)).sort();
    expect(await names(tables.files())).toEqual(["a.parquet", "c.parquet", "e.parquet"]);
    expect(await names(tables.data_files())).toEqual(["a.parquet", "c.parquet"]);
    expect(await names(tables.delete_files())).toEqual(["e.parquet"]);
    expect(new Set(await names(tables.all_data_files()))).toEqual(new Set(["a.parquet", "b.parquet", "c.parquet"]));
    const entries = await collect(tables.entries());
    expect(entries.map((row) => [name(row.data_file.file_path), row.status, row.sequence_number]).sort()).toEqual([
      ["a.parquet", 0, 1n],
      ["b.parquet", 2, 1n],
      ["c.parquet", 1, 2n],
      ["e.parquet", 1, 2n],
    ]);
    const [a] = (await collect(tables.files())).filter((row) => row.file_path.endsWith("a.parquet"));
    expect(a).toMatchObject({ content: 0, file_format: "PARQUET", partition: { carrier: "A" }, value_counts: null });
    expect(a?.readable_metrics["id"]).toMatchObject({ lower_bound: "1", upper_bound: "5", null_value_count: null });
    const [first] = table.metadata.snapshots;
    expect(await names(metadataTables(table, { snapshotId: first?.snapshotId ?? snapshotId(0n) }).files())).toEqual([
      "a.parquet",
      "b.parquet",
    ]);
    expect(() => metadataTables(table, { snapshotId: snapshotId(1n) })).toThrow(
      expect.objectContaining({ code: "SNAPSHOT_NOT_FOUND" }),
    );
  });

  it("tell the manifests and partitions", async () => {
    const { table } = await opened();
    const tables = metadataTables(table);
    const manifests = await collect(tables.manifests());
    expect(
      manifests.map((row) => [
        row.content,
        row.added_data_files_count,
        row.deleted_data_files_count,
        row.added_delete_files_count,
      ]),
    ).toEqual([
      [0, 1, 0, 0],
      [1, 0, 0, 1],
      [0, 0, 1, 0],
    ]);
    expect(manifests.map((row) => row.partition_summaries[0])).toEqual([
      { contains_null: true, contains_nan: false, lower_bound: null, upper_bound: null },
      { contains_null: false, contains_nan: false, lower_bound: "A", upper_bound: "A" },
      { contains_null: false, contains_nan: false, lower_bound: "A", upper_bound: "B" },
    ]);
    const [, second] = table.metadata.snapshots;
    expect(await collect(tables.partitions())).toEqual([
      expect.objectContaining({
        partition: { carrier: null },
        record_count: 10n,
        file_count: 1,
        equality_delete_file_count: 0,
      }),
      {
        partition: { carrier: "A" },
        spec_id: 0,
        record_count: 10n,
        file_count: 1,
        total_data_file_size_in_bytes: 1000n,
        position_delete_record_count: 0n,
        position_delete_file_count: 0,
        equality_delete_record_count: 2n,
        equality_delete_file_count: 1,
        last_updated_at: new Date(second?.timestampMs ?? 0),
        last_updated_snapshot_id: second?.snapshotId,
      },
    ]);
  });

  it("show the fields of every spec, by their latest names", async () => {
    const { table, change } = await opened();
    const evolved = await change(table)
      .updateSpec((u) => u.renameField("carrier", "airline").addField("id", parseTransform("bucket[4]"), "carrier_id"))
      .commit();
    const [row] = await collect(metadataTables(evolved).data_files());
    expect(row?.partition).toEqual({ airline: null, carrier_id: null });
    const dropped = await change(evolved)
      .updateSpec((u) => u.removeField("airline"))
      .updateSpec((u) => u.removeField("carrier_id").addField("id", parseTransform("truncate[9]"), "airline"))
      .commit();
    const partitions = (await collect(metadataTables(dropped).data_files())).map(({ partition }) => partition);
    expect(partitions).toContainEqual({ airline: null, carrier_id: null, airline_1000: "A" });
  });

  it("stop reading when nobody asks for more", async () => {
    const { table } = await opened();
    const read: string[] = [];
    const io = {
      ...table.io,
      read: (location: string) => {
        read.push(location);
        return table.io.read(location);
      },
    };
    const watched = Object.assign(Object.create(Object.getPrototypeOf(table)), table, { io }) as Table;
    const rows = metadataTables(watched).files();
    expect(read).toEqual([]);
    for await (const _ of rows) break;
    expect(read.length).toBeGreaterThan(0);
  });
});
