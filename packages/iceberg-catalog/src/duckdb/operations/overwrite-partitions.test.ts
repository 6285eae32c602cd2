import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { equalTo } from "../../expr/predicate.ts";
import { fieldId, schemaId } from "../../spec/ids.ts";
import type { Table } from "../../table.ts";
import { rewriteDataFiles } from "../compaction/rewrite-data-files.ts";
import { TableLab } from "../testing/table-lab.ts";
import { appendRows } from "./append-rows.ts";
import { deleteRows } from "./delete-rows.ts";
import { overwritePartitions } from "./overwrite-rows.ts";

let lab: TableLab;
beforeAll(async () => {
  lab = await TableLab.open();
});
afterAll(() => lab[Symbol.asyncDispose]());

const schema = {
  schemaId: schemaId(0),
  identifierFieldIds: [],
  fields: [
    { id: fieldId(1), name: "id", required: true, type: { kind: "long" } },
    { id: fieldId(2), name: "part", required: false, type: { kind: "string" } },
  ],
} as const;
const partitionSpec = { fields: [{ sourceId: fieldId(2), name: "part", transform: { kind: "identity" } }] } as const;

const rows = (...values: readonly string[]) => ({
  sql: `SELECT id, part FROM (VALUES ${values.join(", ")}) t(id, part)`,
});
const idsOf = async (table: Table) => (await lab.rows(table)).map(({ id }) => Number(id)).sort((a, b) => a - b);

type Change = (table: Table) => Promise<unknown>;
const add =
  (...values: readonly string[]): Change =>
  (table) =>
    appendRows(lab.session, table, rows(...values));
const remove =
  (id: bigint, mode: "copy-on-write" | "merge-on-read"): Change =>
  (table) =>
    deleteRows(lab.session, table, equalTo("id", id), { mode });
const compact: Change = (table) => rewriteDataFiles(lab.session, table, { minInputFiles: 2 });

const replaced = [3, 4, 9];
/** What another writer does to a table of a: 0, 1, 2 and b: 3, 4 before partition a is replaced by 9. */
const cases: readonly (readonly [string, Change, { readonly serializable: unknown; readonly snapshot: unknown }])[] = [
  ["adds to it", add("(5, 'a')"), { serializable: /^added .* in a partition/, snapshot: replaced }],
  ["deletes from it", remove(1n, "merge-on-read"), { serializable: /^added .* in a/, snapshot: /^added .* in a/ }],
  ["rewrites a file of it", remove(1n, "copy-on-write"), { serializable: /^(added|deleted) /, snapshot: /^deleted / }],
  ["compacts it", compact, { serializable: replaced, snapshot: replaced }],
  ["adds to another", add("(5, 'b')"), { serializable: [3, 4, 5, 9], snapshot: [3, 4, 5, 9] }],
  ["deletes from another", remove(3n, "merge-on-read"), { serializable: [4, 9], snapshot: [4, 9] }],
];

describe.each(["serializable", "snapshot"] as const)("a partition is replaced under %s isolation", (isolation) => {
  it.each(cases)("while another writer %s", async (_, change, expected) => {
    const created = await lab.createTable({ schema, partitionSpec });
    const one = await appendRows(lab.session, created, rows("(0, 'a')", "(1, 'a')", "(3, 'b')"));
    const { table } = await appendRows(lab.session, one.table, rows("(2, 'a')", "(4, 'b')"));
    await change(table);
    const replacing = overwritePartitions(lab.session, table, rows("(9, 'a')"), { isolation });
    const outcome = expected[isolation];
    if (!(outcome instanceof RegExp)) return expect(await idsOf(await replacing)).toEqual(outcome);
    const reason = new RegExp(`^snapshot \\d+ ${outcome.source.slice(1)}`);
    await expect(replacing).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      message: expect.stringMatching(reason),
    });
  });
});

it("a partition is replaced under the isolation that the table says, and serializable else", async () => {
  const overtaken = async (properties: Readonly<Record<string, string>>) => {
    const table = await lab.createTable({ schema, partitionSpec, properties });
    await add("(5, 'a')")(table);
    return overwritePartitions(lab.session, table, rows("(9, 'a')")).then(idsOf);
  };
  await expect(overtaken({})).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
  expect(await overtaken({ "write.update.isolation-level": "snapshot" })).toEqual([9]);
});
