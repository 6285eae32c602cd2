import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fieldId, schemaId, specId } from "../../spec/ids.ts";
import type { DataFile } from "../../spec/manifest.ts";
import type { Schema } from "../../spec/schema.ts";
import type { IcebergType, NestedField } from "../../spec/types.ts";
import type { Table } from "../../table.ts";
import { appendRows } from "../operations/append-rows.ts";
import { equalityDelete } from "../operations/equality-upsert.ts";
import { quotedString } from "../quote.ts";
import { TableLab } from "../testing/table-lab.ts";

let lab: TableLab;
beforeAll(async () => {
  lab = await TableLab.open();
});
afterAll(() => lab[Symbol.asyncDispose]());

const field = (id: number, name: string, type: IcebergType, required = false): NestedField => ({
  id: fieldId(id),
  name,
  required,
  type,
});
const schemaOf = (...fields: readonly NestedField[]): Schema => ({
  schemaId: schemaId(0),
  identifierFieldIds: [],
  fields,
});

/** Everything as text, so that it can be compared at a glance. */
async function textOf(table: Table): Promise<readonly string[]> {
  const rows = await lab.rows(table);
  const show = (_: string, value: unknown) => (typeof value === "bigint" ? Number(value) : value);
  return rows.map((row) => JSON.stringify(Object.values(row), show)).sort();
}

describe("columns of every type", () => {
  const point: IcebergType = {
    kind: "struct",
    fields: [field(21, "lat", { kind: "double" }), field(22, "lon", { kind: "float" })],
  };
  const list = (id: number, element: IcebergType): IcebergType => ({
    kind: "list",
    elementId: fieldId(id),
    element,
    elementRequired: false,
  });
  const map = (id: number, value: IcebergType): IcebergType => ({
    kind: "map",
    keyId: fieldId(id),
    key: { kind: "string" },
    valueId: fieldId(id + 1),
    value,
    valueRequired: false,
  });

  it("nested ones come back as they went, and are found by id when what is inside was renamed, widened, added and dropped", async () => {
    let table = await lab.createTable({
      schema: schemaOf(
        field(1, "place", point),
        field(
          2,
          "stops",
          list(23, {
            kind: "struct",
            fields: [field(24, "code", { kind: "string" }), field(25, "n", { kind: "int" })],
          }),
        ),
        field(3, "by_day", map(26, { kind: "struct", fields: [field(28, "n", { kind: "int" })] })),
        field(4, "grid", list(29, list(30, { kind: "int" }))),
      ),
    });
    const first = `SELECT {'lat': 1.5::DOUBLE, 'lon': 2::FLOAT} AS place, [{'code': 'SFO', 'n': 1::INTEGER}, NULL] AS stops,
      MAP {'mon': {'n': 7::INTEGER}} AS by_day, [[1, 2], [], NULL]::INTEGER[][] AS grid
      UNION ALL SELECT NULL, NULL, NULL, NULL`;
    table = (await appendRows(lab.session, table, { sql: first })).table;
    expect(await textOf(table)).toMatchInlineSnapshot(`
      [
        "[null,null,null,null]",
        "[{"lat":1.5,"lon":2},[{"code":"SFO","n":1},null],[{"key":"mon","value":{"n":7}}],[[1,2],[],null]]",
      ]
    `);
    table = await table
      .newTransaction()
      .updateSchema((update) => {
        update
          .renameColumn("place.lat", "latitude")
          .renameColumn("stops.code", "airport")
          .renameColumn("by_day.n", "count");
        update.updateType("stops.n", { kind: "long" }).addColumn("place.height", { kind: "double" });
        update.dropColumn("place.lon").addColumn("place.lon", { kind: "string" });
      })
      .commit();
    const second = `SELECT {'latitude': 3::DOUBLE, 'height': 4::DOUBLE, 'lon': 'west'} AS place,
      [{'airport': 'JFK', 'n': 5000000000}] AS stops, MAP {'tue': {'count': 8::INTEGER}} AS by_day, NULL::INTEGER[][] AS grid`;
    table = (await appendRows(lab.session, table, { sql: second })).table;
    expect(await textOf(table)).toMatchInlineSnapshot(`
      [
        "[null,null,null,null]",
        "[{"latitude":1.5,"height":null,"lon":null},[{"airport":"SFO","n":1},null],[{"key":"mon","value":{"count":7}}],[[1,2],[],null]]",
        "[{"latitude":3,"height":4,"lon":"west"},[{"airport":"JFK","n":5000000000}],[{"key":"tue","value":{"count":8}}],null]",
      ]
    `);
  });
});

describe("files without field ids", () => {
  /** A file as Hive would have left it: in a folder that tells a column, which it lacks. */
  async function bringIn(table: Table, select: string, partition: DataFile["partition"]): Promise<Table> {
    const path = `${lab.directory}/${crypto.randomUUID()}.parquet`;
    const copied = `COPY (${select}) TO ${quotedString(path)} (FORMAT parquet)`;
    const count = await lab.session.row(copied);
    const file: DataFile = {
      content: "data",
      filePath: `file://${path}`,
      fileFormat: "parquet",
      specId: specId(0),
      partition,
      recordCount: BigInt(String(count["Count"])),
      fileSizeInBytes: 1n,
    };
    return table.newTransaction().fastAppend([file]).commit();
  }

  it("are read by the table's name mapping, and where they lack a column by what their partition tells", async () => {
    const inner: IcebergType = { kind: "struct", fields: [field(5, "a", { kind: "int" })] };
    const listed: IcebergType = { kind: "list", elementId: fieldId(6), element: inner, elementRequired: false };
    const mapping = [
      { "field-id": 1, names: ["id", "identifier"] },
      {
        "field-id": 3,
        names: ["inner"],
        fields: [{ "field-id": 4, names: ["element"], fields: [{ "field-id": 5, names: ["a", "old a"] }] }],
      },
    ];
    let table = await lab.createTable({
      schema: schemaOf(
        field(1, "id", { kind: "long" }),
        field(2, "day", { kind: "date" }),
        field(3, "inner", { ...listed, elementId: fieldId(4) } as IcebergType),
      ),
      partitionSpec: { fields: [{ sourceId: fieldId(2), name: "day", transform: { kind: "identity" } }] },
    });
    table = await table
      .newTransaction()
      .setProperties({ "schema.name-mapping.default": JSON.stringify(mapping) })
      .commit();
    table = await bringIn(table, `SELECT 1::INTEGER AS identifier, [{'old a': 9}] AS inner, 'x' AS unknown`, [19_000]);
    table = await bringIn(table, "SELECT 2::BIGINT AS id", [null]);
    table = (await appendRows(lab.session, table, { sql: "SELECT 3::BIGINT AS id, DATE '2022-01-09' AS day" })).table;
    expect(await textOf(table)).toMatchInlineSnapshot(`
      [
        "[1,"2022-01-08T00:00:00.000Z",[{"a":9}]]",
        "[2,null,null]",
        "[3,"2022-01-09T00:00:00.000Z",null]",
      ]
    `);
    table = await equalityDelete(
      lab.session,
      table,
      { sql: "SELECT 1::BIGINT AS id, DATE '2022-01-08' AS day" },
      { on: ["id", "day"] },
    );
    expect((await textOf(table)).length).toBe(2);
  });
});
