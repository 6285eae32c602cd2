import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fieldId, schemaId } from "../../spec/ids.ts";
import type { IcebergType, NestedField } from "../../spec/types.ts";
import type { Table } from "../../table.ts";
import { TableLab } from "../testing/table-lab.ts";
import { duckdbTypeOf } from "../types.ts";
import { appendRows, appendSelect } from "./append-rows.ts";
import { equalityUpsert } from "./equality-upsert.ts";
import { overwritePartitions } from "./overwrite-rows.ts";
import { upsertRows } from "./upsert-rows.ts";

let lab: TableLab;
let table: Table;

const field = (id: number, name: string, type: IcebergType, required = false): NestedField => ({
  id: fieldId(id),
  name,
  required,
  type,
});
const inner: IcebergType = {
  kind: "struct",
  fields: [field(11, "n", { kind: "int" }, true), field(12, "at", { kind: "timestamptz" })],
};
const schema = {
  schemaId: schemaId(0),
  identifierFieldIds: [fieldId(1)],
  fields: [
    field(1, "id", { kind: "long" }, true),
    field(2, "s", inner),
    field(3, "list", { kind: "list", elementId: fieldId(13), element: { kind: "long" }, elementRequired: true }),
    field(4, "map", {
      kind: "map",
      keyId: fieldId(14),
      key: { kind: "string" },
      valueId: fieldId(15),
      value: { kind: "struct", fields: [field(16, "x", { kind: "decimal", precision: 9, scale: 1 })] },
      valueRequired: true,
    }),
    field(5, "deep", {
      kind: "list",
      elementId: fieldId(17),
      element: {
        kind: "list",
        elementId: fieldId(18),
        element: {
          kind: "struct",
          fields: [field(19, "day", { kind: "date" }), field(20, "k", { kind: "int" }, true)],
        },
        elementRequired: false,
      },
      elementRequired: false,
    }),
    field(6, "day", { kind: "date" }),
    field(7, "at", { kind: "timestamp" }),
  ],
};

beforeAll(async () => {
  lab = await TableLab.open();
  table = await lab.createTable({ schema });
});
afterAll(() => lab[Symbol.asyncDispose]());

const appended = async (columns: string): Promise<unknown> => {
  const own = await lab.createTable({ schema });
  const { table: after } = await appendRows(lab.session, own, { sql: `SELECT 1 AS id, ${columns}` });
  const [row] = await lab.rows(after);
  const shown = Object.entries(row ?? {}).filter(([name, value]) => name !== "id" && value !== null);
  return JSON.parse(
    JSON.stringify(Object.fromEntries(shown), (_, value) => (typeof value === "bigint" ? Number(value) : value)),
  );
};

const refusal = async (columns: string): Promise<string> => {
  const error = await appendRows(lab.session, table, { sql: `SELECT 1 AS id, ${columns}` }).catch(
    (caught: unknown) => caught,
  );
  const { code, message } = error as { code?: string; message?: string };
  return `${code}: ${message?.replace("; the table's columns: id, s, list, map, deep, day, at", "")}`;
};

describe("what is inside a column", () => {
  it("is found by name, converted without loss, and null where it is missing and may be", async () => {
    expect(await appended("{'at': '2024-01-01T00:00:00+01:00', 'n': 7::BIGINT} AS s")).toMatchObject({
      s: { n: 7, at: "2023-12-31T23:00:00.000Z" },
    });
    expect(await appended("{'n': '7'} AS s, ['1', '2'] AS list")).toMatchObject({
      s: { n: 7, at: null },
      list: [1, 2],
    });
    expect(await appended("[1, 2]::UTINYINT[2] AS list")).toEqual({ list: [1, 2] });
    expect(await appended("[NULL, [NULL, {'k': 3::BIGINT}]] AS deep")).toEqual({
      deep: [null, [null, { day: null, k: 3 }]],
    });
    expect(await appended("MAP {'a': {'x': 1.5}, 'b': {'x': NULL}} AS map")).toMatchObject({
      map: [
        { key: "a", value: { x: {} } },
        { key: "b", value: { x: null } },
      ],
    });
    expect(
      await appended("CAST(NULL AS STRUCT(n INTEGER)) AS s, CAST(NULL AS MAP(VARCHAR, STRUCT(x DECIMAL(4,1)))) AS map"),
    ).toEqual({});
  });

  it.each([
    [
      "a value that would change",
      "[1.0, 3.7] AS list",
      'column "list.element": it is DECIMAL(2,1), which is not a long without loss',
    ],
    ["a text that is no number", "['1', 'x'] AS list", 'column "list.element": a value is not a long: x'],
    ["a number beyond the type", "{'n': 3000000000} AS s", 'column "s.n": a value is not an int: 3000000000'],
    ["a member that the table lacks", "{'n': 1, 'z': 2} AS s", 'the table has no column "s.z"'],
    ["such a member deep down", "[[{'k': 1, 'q': 1}]] AS deep", 'the table has no column "deep.element.element.q"'],
    ["a missing member that is required", "{'at': '2024-01-01T00:00:00Z'} AS s", 'column "s.n" is missing'],
    [
      "a timestamp without a zone",
      "{'n': 1, 'at': TIMESTAMP '2024-01-01'} AS s",
      'column "s.at": it has timestamps without a zone',
    ],
    [
      "members without names",
      "row(1, '2024-01-01T00:00:00Z') AS s",
      'column "s": it is STRUCT(INTEGER, VARCHAR), which is not a struct',
    ],
    ["a list for a struct", "[1] AS s", 'column "s": it is INTEGER[], which is not a struct<n: int, at: timestamptz>'],
    ["text for a struct", "'{n: 1}' AS s", 'column "s": it is VARCHAR, which is not a struct'],
    ["a map's value that would change", "MAP {'a': {'x': 0.25}} AS map", 'column "map.value.x": it is DECIMAL(3,2)'],
    ["null where a member is required", "{'n': NULL::INTEGER} AS s", 'column "s.n": null where a value is required'],
    ["null where elements are required", "[1, NULL] AS list", 'column "list.element": null where a value is required'],
    [
      "null where a map's values are",
      "MAP {'a': NULL::STRUCT(x DECIMAL(9,1))} AS map",
      'column "map.value": null where',
    ],
    [
      "such a null deep down",
      "[[{'k': 1}], [NULL, {'k': NULL}]] AS deep",
      'column "deep.element.element.k": null where',
    ],
    ["an infinite date", "'infinity'::DATE AS day", 'column "day": Iceberg has no infinite date: infinity'],
    [
      "an infinite timestamp",
      "'-infinity'::TIMESTAMP AS at",
      'column "at": Iceberg has no infinite timestamp: -infinity',
    ],
    [
      "an infinite date deep down",
      "[[{'k': 1, 'day': 'infinity'::DATE}]] AS deep",
      'column "deep.element.element.day": Iceberg has no',
    ],
    [
      "one in a struct",
      "{'n': 1, 'at': 'infinity'::TIMESTAMPTZ} AS s",
      'column "s.at": Iceberg has no infinite timestamptz',
    ],
  ])("is refused, and its place told: %s", async (_, columns, expected) => {
    const text = await refusal(columns);
    expect(text).toMatch(/^ROWS_INVALID: the query: /);
    expect(text).toContain(expected);
  });

  it("is as strict on every way in", async () => {
    const bad = { sql: "SELECT 1 AS id, [1, NULL] AS list" };
    const unfit = { code: "ROWS_INVALID", message: expect.stringContaining('"list.element": null') };
    await expect(upsertRows(lab.session, table, bad)).rejects.toMatchObject(unfit);
    await expect(equalityUpsert(lab.session, table, bad)).rejects.toMatchObject(unfit);
    await expect(overwritePartitions(lab.session, table, bad)).rejects.toMatchObject(unfit);
    const columns = schema.fields.slice(3).map(({ name, type }) => `CAST(NULL AS ${duckdbTypeOf(type)}) AS ${name}`);
    const select = `SELECT 1::BIGINT AS id, CAST(NULL AS ${duckdbTypeOf(inner)}) AS s, [1, NULL]::BIGINT[] AS list, ${columns.join(", ")}`;
    await expect(appendSelect(lab.session, table, select)).rejects.toMatchObject(unfit);
  });

  it("has bare NULLs of a query wherever a value may be missing", async () => {
    const own = await lab.createTable({ schema });
    const sql = `SELECT 1 AS id, {'n': 1, 'at': NULL} AS s, [] AS list, MAP {'a': {'x': NULL}} AS map,
      [NULL, [{'day': NULL, 'k': 2}]] AS deep, NULL AS day`;
    const { table: after } = await appendRows(lab.session, own, { sql });
    expect(await lab.rows(after)).toMatchObject([
      { s: { n: 1, at: null }, list: [], deep: [null, [{ day: null, k: 2 }]], day: null, at: null },
    ]);
  });

  it("comes from JSON with its zone, which nobody guesses", async () => {
    const path = join(lab.directory, "rows.ndjson");
    await writeFile(path, '{"id": 1, "s": {"n": 1, "at": "2024-01-01T02:00:00+02:00"}, "list": [5]}\n');
    const own = await lab.createTable({ schema });
    const { table: after } = await appendRows(lab.session, own, { files: [path] });
    expect(await lab.rows(after)).toMatchObject([{ s: { at: new Date("2024-01-01T00:00:00Z") }, list: [5n] }]);
    await writeFile(path, '{"id": 1, "s": {"n": 1, "at": "2024-01-01T02:00:00"}}\n');
    await expect(appendRows(lab.session, own, { files: [path] })).rejects.toMatchObject({
      message: expect.stringContaining('"s.at": a value is not an ISO 8601 timestamp with a zone'),
    });
  });
});
