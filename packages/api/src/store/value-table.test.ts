import { type IcebergType, parseType } from "@icecore/iceberg-catalog";
import { conversion, Database, openRowSource, type Session } from "@icecore/iceberg-catalog/duckdb";
import { afterAll, beforeAll, expect, it } from "vitest";
import { valueTable } from "./value-table.ts";

let database: Database;
let session: Session;
beforeAll(async () => {
  database = await Database.open({ threads: 1 });
  session = await database.connect();
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** A column of a table with one of that type. */
function arrowOf(type: string, values: readonly unknown[]) {
  const fields = [{ id: 1, name: "c", required: false, type: parseType(type) }];
  return valueTable({ columns: { c: values } }, { fields } as unknown as Parameters<typeof valueTable>[1]);
}

/** What the rows become in a column of that type, null where they are refused. */
async function stored(type: string, values: readonly unknown[]): Promise<readonly unknown[]> {
  await using source = await openRowSource(session, { arrow: arrowOf(type, values) }, "all");
  const converted = conversion("c", source.columns[0]?.type ?? "", parseType(type) as IcebergType as never);
  if (converted.kind === "refused") throw new Error(converted.reason);
  const rows = await session.rows(`SELECT ${converted.sql} AS value FROM ${source.relation}`);
  return rows.map(({ value }) => value);
}

it.each<readonly [type: string, values: readonly unknown[], arrow: string]>([
  ["boolean", [true, null, false], "Bool"],
  ["boolean", [true, "false"], "Utf8"],
  ["int", [1, -(2 ** 31), undefined], "Int32"],
  ["int", [2 ** 31], "Utf8"],
  ["int", [1.5], "Utf8"],
  ["long", [1, 2n ** 63n - 1n], "Int64"],
  ["long", [2n ** 63n], "Utf8"],
  ["long", [2 ** 53], "Utf8"],
  ["long", ["7"], "Utf8"],
  ["float", [0.1, Number.NaN, Number.POSITIVE_INFINITY, -0], "Float32"],
  ["float", [1e300], "Utf8"],
  ["float", [1e-300], "Utf8"],
  ["double", [0.1, 1e300], "Float64"],
  ["double", [1, 2n], "Utf8"],
  ["string", [1, 2], "Utf8"],
  ["timestamptz", [new Date(0)], "Utf8"],
  ["decimal(9, 2)", [1.5], "Utf8"],
])("sends a column of %s with %o as %s", (type, values, arrow) => {
  expect(arrowOf(type, values).schema.fields[0]?.type.toString()).toBe(arrow);
});

it.each<readonly [type: string, values: readonly unknown[]]>([
  ["boolean", [true, false, null]],
  ["int", [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)]],
  ["long", [0, -5, 2 ** 53 - 1, 2n ** 63n - 1n, -(2n ** 63n)]],
  ["float", [0, 0.1, 1 / 3, 16_777_217, 3.4e38, 1.2e-38, Number.NaN, Number.NEGATIVE_INFINITY]],
  ["double", [0, 0.1, 1 / 3, 5e-324, 1.7976931348623157e308, Number.NaN, Number.POSITIVE_INFINITY]],
])("stores of %s what their text would become", async (type, values) => {
  const texts = values.map((value) => (value === null ? null : String(value)));
  expect(await stored(type, values)).toEqual(await stored(type, texts));
});
