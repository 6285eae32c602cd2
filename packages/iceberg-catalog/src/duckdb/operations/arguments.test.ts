import { afterAll, beforeAll, expect, it } from "vitest";
import { equalTo } from "../../expr/predicate.ts";
import { fieldId, schemaId } from "../../spec/ids.ts";
import type { Table } from "../../table.ts";
import { readChanges } from "../changelog/read-changes.ts";
import { rewriteDataFiles } from "../compaction/rewrite-data-files.ts";
import { TableLab } from "../testing/table-lab.ts";
import { appendRows } from "./append-rows.ts";
import { deleteRows } from "./delete-rows.ts";
import { overwriteRows } from "./overwrite-rows.ts";
import { readRows } from "./read-rows.ts";
import { upsertRows } from "./upsert-rows.ts";

let lab: TableLab;
let table: Table;

const columns = (second: string) =>
  ({
    schemaId: schemaId(0),
    identifierFieldIds: [fieldId(1)],
    fields: [
      { id: fieldId(1), name: "id", required: true, type: { kind: "long" } },
      { id: fieldId(2), name: second, required: false, type: { kind: "struct", fields: [inner] } },
    ],
  }) as const;
const inner = { id: fieldId(3), name: "id", required: false, type: { kind: "int" } } as const;
const one = { sql: "SELECT 1 AS id" };

beforeAll(async () => {
  lab = await TableLab.open();
  table = (await appendRows(lab.session, await lab.createTable({ schema: columns("s") }), one)).table;
});
afterAll(() => lab[Symbol.asyncDispose]());

/** As somebody writes it who does not compile with types. */
// biome-ignore lint/suspicious/noExplicitAny: that is the point
const untyped = (options: Readonly<Record<string, unknown>>): any => options;

it.each<[string, () => Promise<unknown>, string]>([
  ["no column", () => readRows(lab.session, table, { select: [] }), "select names no column; name at least one"],
  [
    "a column's inside",
    () => readRows(lab.session, table, { select: ["s.id"] }),
    'no column "s.id"; its columns: id, s',
  ],
  ["an empty name", () => readRows(lab.session, table, { select: [""] }), 'no column ""'],
  [
    "a negative limit",
    () => readRows(lab.session, table, { limit: -1 }),
    "limit is -1; it must be a whole number from 0",
  ],
  ["no number", () => readRows(lab.session, table, { limit: Number.NaN }), "limit is NaN"],
  ["half a row", () => readRows(lab.session, table, { limit: 1.5 }), "limit is 1.5"],
  ["text for a limit", () => readRows(lab.session, table, untyped({ limit: "1" })), 'limit is "1"'],
  [
    "what to do with matches",
    () => upsertRows(lab.session, table, one, untyped({ whenMatched: "updat" })),
    'whenMatched is "updat"; it must be update or delete or ignore',
  ],
  [
    "what to do with others",
    () => upsertRows(lab.session, table, one, untyped({ whenNotMatched: "update" })),
    'whenNotMatched is "update"; it must be insert or ignore',
  ],
  [
    "an ignored column",
    () => upsertRows(lab.session, table, one, { ignoreDifferencesIn: ["z"] }),
    'no column "z"; its columns: id, s',
  ],
  ["a key", () => upsertRows(lab.session, table, one, { on: [] }), "say by which columns rows are told apart"],
  [
    "a mode",
    () => deleteRows(lab.session, table, equalTo("id", 9n), untyped({ mode: "cow" })),
    'mode is "cow"; it must be',
  ],
  [
    "an isolation",
    () => overwriteRows(lab.session, table, equalTo("id", 9n), one, untyped({ isolation: 1 })),
    "isolation is 1; it must be serializable or snapshot",
  ],
  ["what changes come to", () => readChanges(lab.session, table, untyped({ net: "all" })), 'net is "all"'],
  ["a strategy", () => rewriteDataFiles(lab.session, table, untyped({ strategy: "zorder" })), 'strategy is "zorder"'],
  [
    "a size",
    () => rewriteDataFiles(lab.session, table, { targetFileSizeBytes: Number.NaN }),
    "targetFileSizeBytes is NaN",
  ],
  ["a count", () => rewriteDataFiles(lab.session, table, { minInputFiles: 0 }), "minInputFiles is 0"],
])("what no option can be is refused, with the mend: %s", async (_, call, message) => {
  await expect(call()).rejects.toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining(message) });
});

it("a limit of 0 gives the columns alone", async () => {
  await using result = await readRows(lab.session, table, { limit: 0 });
  expect([result.columns, result.rows]).toEqual([["id", "s"], 0n]);
});

it("a column without a name is refused before DuckDB sees it", async () => {
  const nameless = await lab.createTable({ schema: columns("") });
  const refused = { code: "INVALID_ARGUMENT", message: expect.stringContaining("a column without a name") };
  await expect(appendRows(lab.session, nameless, one)).rejects.toMatchObject(refused);
});
