import { fieldId, type IcebergType, type PrimitiveType, parsePrimitive, parseType } from "@icecore/iceberg-catalog";
import { conversion, Database, openRowSource } from "@icecore/iceberg-catalog/duckdb";
import type { Table } from "apache-arrow";
import { expect, it } from "vitest";
import { valueTable } from "./value-table.ts";

/** A column of a table with one of that type. */
function arrowOf(type: string, values: readonly unknown[]): Table {
  const field = { id: fieldId(1), name: "c", required: false, type: parseType(type) as IcebergType };
  return valueTable({ columns: { c: values } }, { fields: [field] });
}

/** What the rows become in a column of that type, null where they are refused. */
async function stored(type: string, values: readonly unknown[]): Promise<readonly unknown[]> {
  await using database = await Database.open({ threads: 1 });
  await using session = await database.connect();
  await using source = await openRowSource(session, { arrow: arrowOf(type, values) }, "all");
  const converted = conversion("c", source.columns[0]?.type ?? "", parsePrimitive(type) as PrimitiveType);
  if (converted.kind === "refused") throw new Error(converted.reason);
  const rows = await session.rows(`SELECT ${converted.sql} AS value FROM ${source.relation}`);
  return rows.map(({ value }) => value);
}

it.each<readonly [type: string, values: readonly unknown[], arrow: string]>([
  ["boolean", [true, null, false], "Bool"],
  ["boolean", [true, "false"], "Utf8"],
  ["int", [1, -(2 ** 31), undefined], "Int32"],
  ["int", [1n, 2], "Int32"],
  ["int", [2n ** 31n], "Utf8"],
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
  ["double", [1.5, 2n], "Float64"],
  ["double", [2n ** 53n], "Utf8"],
  ["float", [1.5, 16_777_217n], "Float32"],
  ["string", [1, 2], "Utf8"],
  ["timestamptz", [new Date(0)], "Utf8"],
  ["decimal(9, 2)", [1.5], "Utf8"],
])("sends a column of %s with %o as %s", (type, values, arrow) => {
  expect(arrowOf(type, values).schema.fields[0]?.type.toString()).toBe(arrow);
});

const numbers = [0, -0, 1, 0.1, 1 / 3, 16_777_217, 1.0000000596046448, Number.NaN, Number.NEGATIVE_INFINITY, 7n];

it.each<readonly [type: string, values: readonly unknown[]]>([
  ["boolean", [true, false]],
  ["int", [0, -0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 5n]],
  ["long", [0, -5, 2 ** 53 - 1, 2n ** 63n - 1n, -(2n ** 63n)]],
  ["float", [...numbers, 3.4e38, 1.2e-38]],
  ["double", [...numbers, 5e-324, 1.7976931348623157e308]],
])("makes of values of %s the same beside others of their kind and beside text", async (type, values) => {
  const alone = await stored(type, [...values, null]);
  const besideText = await stored(type, [...values, type === "boolean" ? "true" : "7"]);
  expect(alone.slice(0, -1)).toEqual(besideText.slice(0, -1));
  expect(alone.every((value, i) => (value === null) === (i === values.length))).toBe(true);
});

it("takes a hole in a column for a null", async () => {
  const values: unknown[] = new Array(2);
  values[1] = 5;
  for (const type of ["int", "long", "double", "string"]) expect((await stored(type, values))[0], type).toBeNull();
  values[1] = [5];
  expect(arrowOf("list<int>", values).getChild("c")?.toArray()).toEqual([null, "[5]"]);
});
