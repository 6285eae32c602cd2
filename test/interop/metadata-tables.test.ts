import { type DataFile, fieldId, type MetadataTables, metadataTables, type Table } from "@icecore/iceberg-catalog";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ingestFlights } from "./support/flight-rows.ts";
import { python } from "./support/python.ts";
import { type ServedStore, serveStore } from "./support/served-store.ts";

type Spelled = string | boolean | null | readonly Spelled[] | { readonly [key: string]: Spelled };
type SpelledRow = { readonly [column: string]: Spelled };

let served: ServedStore;
beforeAll(async () => {
  served = await serveStore();
  await ingestFlights(served.store);
  await python("create_inspected", { uri: served.uri });
  await change(await served.loadTable("flights", "origin_delays"));
});
afterAll(() => served?.[Symbol.asyncDispose]());

/** Gives the table a tag, a delete file, a rewritten manifest and a snapshot that was rolled back. */
async function change(table: Table): Promise<void> {
  const { tasks } = await table.scan().plan();
  const [first] = tasks;
  if (first === undefined) throw new Error("the table has no files");
  const deletes: DataFile = {
    ...first.dataFile,
    content: "equality-deletes",
    filePath: `${first.dataFile.filePath}.deletes`,
    recordCount: 3n,
    equalityIds: [fieldId(1)],
    // PyIceberg's tables take it for granted that they are there.
    columnSizes: new Map([[fieldId(1), 40n]]),
    valueCounts: new Map([[fieldId(1), 3n]]),
    nullValueCounts: new Map([[fieldId(1), 0n]]),
  };
  const changed = await table
    .newTransaction()
    .createTag("before", table.snapshotByRef("main").snapshotId, { maxRefAgeMs: 86_400_000 })
    .changeFiles({ removed: { files: [tasks[1]?.dataFile ?? first.dataFile] }, addedDeletes: [deletes] })
    .commit();
  await changed
    .newTransaction()
    .changeFiles({ removed: { files: [first.dataFile] } })
    .rollbackTo(changed.snapshotByRef("main").snapshotId)
    .commit();
}

const inspected = ["plain", "by_hour", "by_month", "by_price", "by_name", "by_bucket"];

describe.each([
  ["flights", "origin_delays"],
  ["flights", "route_history"],
  ...inspected.map((name) => ["inspected", name]),
])("of %s.%s", (namespace = "", name = "") => {
  let theirs: Readonly<Record<keyof MetadataTables, readonly SpelledRow[]>>;
  let ours: MetadataTables;
  beforeAll(async () => {
    theirs = await python("metadata_tables", { uri: served.uri, table: `${namespace}.${name}` });
    ours = metadataTables(await served.loadTable(namespace, name));
  });

  const names: readonly (keyof MetadataTables)[] = [
    "snapshots",
    "history",
    "refs",
    "metadata_log_entries",
    "manifests",
    "files",
    "data_files",
    "delete_files",
    "all_data_files",
    "entries",
    "partitions",
  ];
  test.each(names)("the metadata table %s has PyIceberg's rows", async (table) => {
    const rows: SpelledRow[] = [];
    for await (const row of ours[table]()) rows.push(spell(row) as SpelledRow);
    const expected = theirs[table].map((row) => like(rows[0] ?? {}, row));
    expect(sorted(rows.map((row) => like(theirs[table][0] ?? {}, row)))).toEqual(sorted(expected));
    if (table !== "delete_files") expect(rows.length).toBeGreaterThan(0);
  });
});

function spell(value: unknown): Spelled {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (value instanceof Date) return String(value.getTime() * 1000);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (Array.isArray(value)) return value.map(spell);
  if (value instanceof Map) return spell(Object.fromEntries(value));
  if (typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, spell(v)]));
  return String(value);
}

/** The row without columns that the other implementation does not show, and with what is left out as it has that. */
function like(other: SpelledRow, row: SpelledRow): SpelledRow {
  const shared = Object.entries(row).filter(([column]) => column in other);
  return Object.fromEntries(
    shared.map(([column, value]) => {
      const theirs = other[column];
      const isRow = column === "data_file" && isRecord(value) && isRecord(theirs);
      return [column, isRow ? like(theirs, value) : emptyAsNull(value)];
    }),
  );
}

/** Whether a map or a list that a writer left out is shown as none or as an empty one. */
const emptyAsNull = (value: Spelled): Spelled =>
  typeof value === "object" && value !== null && Object.keys(value).length === 0 ? null : value;

const isRecord = (value: Spelled | undefined): value is SpelledRow =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const sorted = (rows: readonly SpelledRow[]): readonly SpelledRow[] =>
  rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
