import { type PartitionSpecUpdate, parseTransform, type Table } from "@icecore/iceberg-catalog";
import { appendRows } from "@icecore/iceberg-catalog/duckdb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { schemaOf, typeOf } from "../support/columns.ts";
import { primitiveColumns, primitiveRows } from "../support/every-type.ts";
import { expectSameRows, openSparkLab, type SparkLab } from "../support/spark-lab.ts";
import { sorted } from "../support/spelled-rows.ts";

let lab: SparkLab;
beforeAll(async () => {
  lab = await openSparkLab();
});
afterAll(() => lab?.[Symbol.asyncDispose]());

const append = async (table: Table, sql: string): Promise<Table> =>
  (await appendRows(lab.session, table, { sql })).table;

describe("Spark reads what we write", () => {
  test("of every primitive type", async () => {
    const table = await lab.createTable("primitives", { schema: schemaOf(primitiveColumns) });
    await append(table, primitiveRows);
    await expectSameRows(lab, "primitives", 5);
  });

  test("and finds the rows by our bounds", async () => {
    const each = filters.map(([where], index) => `SELECT ${index} AS filter, id FROM lab.primitives WHERE ${where}`);
    const found = await lab.spark(`${each.join(" UNION ALL ")} ORDER BY filter, id`);
    const ids = filters.map(([where], index) => {
      const rows = found.filter(({ filter }) => filter === String(index));
      return [where, rows.map(({ id }) => id).join()];
    });
    expect(ids).toEqual(filters);
  });

  test("of nested columns, whose fields were renamed, added, dropped and widened", async () => {
    let table = await lab.createTable("nested", {
      schema: schemaOf({
        id: "long",
        place: { struct: { name: "string", at: { struct: { x: "int", y: "float" } } } },
        tags: { list: "string" },
        visits: { list: { struct: { when: "timestamp", price: "decimal(5, 2)" } } },
        scores: { map: ["string", { struct: { mark: "int", note: "string" } }] },
        matrix: { list: { list: "int" } },
      }),
    });
    table = await append(table, nestedRows("x", "y", "price", "mark", "note", "name"));
    await expectSameRows(lab, "nested", 4);
    table = await table
      .newTransaction()
      .updateSchema((update) =>
        update
          .renameColumn("place.at.x", "east")
          .updateType("place.at.east", typeOf("long"))
          .updateType("place.at.y", typeOf("double"))
          .addColumn("place.at.z", typeOf("string"))
          .dropColumn("place.name")
          .renameColumn("visits.price", "cost")
          .updateType("visits.cost", typeOf("decimal(12, 2)"))
          .addColumn("visits.guests", typeOf({ list: "string" }))
          .moveFirst("visits.guests")
          .dropColumn("scores.note")
          .renameColumn("scores.mark", "points")
          .addColumn("scores.weight", typeOf("double"))
          .renameColumn("matrix", "grid"),
      )
      .commit();
    await expectSameRows(lab, "nested", 4);
    table = await table
      .newTransaction()
      .updateSchema((update) => update.addColumn("place.name", typeOf("int")).addColumn("scores.note", typeOf("date")))
      .commit();
    await expectSameRows(lab, "nested", 4);
    await append(
      table,
      `SELECT 9::BIGINT AS id, {'at': {'east': 5000000000, 'y': 0.1, 'z': 'up'}, 'name': 7} AS place, ['t'] AS tags,
        [{'guests': ['a', NULL], 'when': TIMESTAMP '2000-01-01', 'cost': 1234567890.12}] AS visits,
        MAP {'k': {'points': 1, 'weight': 0.5, 'note': DATE '2000-01-01'}} AS scores, [[1], NULL, []] AS grid`,
    );
    await expectSameRows(lab, "nested", 5);
    expect(await lab.spark("SELECT id FROM lab.nested WHERE place.at.east > 4000000000")).toEqual([{ id: "9" }]);
    expect(await lab.spark("SELECT id FROM lab.nested WHERE place.at.east = -1")).toEqual([{ id: "2" }]);
  });

  test("of columns that were renamed, swapped, dropped, added again and widened", async () => {
    let table = await lab.createTable("evolved", {
      schema: schemaOf({ id: "int", a: "string", b: "float", c: "decimal(4, 1)" }),
    });
    table = await append(table, "SELECT 1::INTEGER AS id, 'one' AS a, 0.1::FLOAT AS b, 99.9::DECIMAL(4,1) AS c");
    table = await table
      .newTransaction()
      .updateSchema((u) => u.updateType("id", typeOf("long")).updateType("b", typeOf("double")))
      .updateSchema((u) => u.updateType("c", typeOf("decimal(20, 1)")).renameColumn("a", "x"))
      .updateSchema((u) => u.renameColumn("b", "a").renameColumn("x", "b").moveFirst("b").addColumn("d", typeOf("int")))
      .commit();
    table = await append(
      table,
      "SELECT 2::BIGINT AS id, 0.2::DOUBLE AS a, 'two' AS b, 1e15::DECIMAL(20,1) AS c, 4 AS d",
    );
    await expectSameRows(lab, "evolved", 2);
    table = await table
      .newTransaction()
      .updateSchema((u) => u.dropColumn("d"))
      .updateSchema((u) => u.addColumn("d", typeOf("string")))
      .commit();
    await expectSameRows(lab, "evolved", 2);
    const byId = await lab.spark("SELECT d, b FROM lab.evolved WHERE id = 1 AND a < 1.0 AND c = 99.9");
    expect(byId).toEqual([{ d: null, b: "one" }]);
  });

  test.each(transforms)("partitioned by %s of %s, and prunes by it", async (transform, columns) => {
    const name = `by_${transform.replace(/\W/g, "_")}_of_${columns.replaceAll(" ", "_")}`;
    const table = await lab.createTable(name, { schema: schemaOf(partitionedColumns) });
    const partitioned = await table
      .newTransaction()
      .updateSpec((update) => {
        for (const column of columns.split(" ")) update.addField(column, parseTransform(transform), `${column}_part`);
      })
      .commit();
    await append(partitioned, partitionedRows);
    await expectSameRows(lab, name, 5);
    const compared = columns.split(" ").filter((column) => column in literals);
    const each = compared.map(
      (column) => `SELECT '${column}' AS by, 'value' AS found, id FROM lab.${name} WHERE ${column} = ${literals[column]}
        UNION ALL SELECT '${column}', 'null', id FROM lab.${name} WHERE ${column} IS NULL`,
    );
    const found = await lab.spark(each.join(" UNION ALL "));
    expect(sorted(found)).toEqual(
      sorted(
        compared.flatMap((by) => [
          { by, found: "null", id: "5" },
          { by, found: "value", id: "2" },
        ]),
      ),
    );
  });

  test("of every age of a partition spec", async () => {
    const table = await lab.createTable("evolving", { schema: schemaOf(partitionedColumns) });
    let now = await append(table, partitionedRows);
    const changes: readonly ((update: PartitionSpecUpdate) => unknown)[] = [
      (u) => u.addField("s").addField("ts", parseTransform("month")),
      (u) => u.removeField("s").addField("i", parseTransform("bucket[3]"), "shard"),
      (u) => u.removeField("ts_month").addField("ts", parseTransform("day")).renameField("shard", "bucket"),
      (u) => u.addField("s"),
    ];
    for (const [done, change] of changes.entries()) {
      now = await append(await now.newTransaction().updateSpec(change).commit(), partitionedRows);
      await expectSameRows(lab, "evolving", 5 * (done + 2));
      for (const where of ["s = 'iceberg'", "i < 0 AND ts < TIMESTAMP_NTZ '2000-01-01 00:00:00'", "ts IS NULL"]) {
        const [found] = await lab.spark(`SELECT count(*) AS n FROM lab.evolving WHERE ${where}`);
        expect([where, found?.["n"]]).toEqual([where, String(done + 2)]);
      }
    }
    await lab.spark("INSERT INTO lab.evolving SELECT * FROM lab.evolving");
    await expectSameRows(lab, "evolving", 50);
  });

  test("of a table of format 1, where a dropped partition field stays as void", async () => {
    await lab.spark(
      "CREATE TABLE lab.first_format (id bigint, s string) USING iceberg PARTITIONED BY (s, bucket(4, id)) TBLPROPERTIES ('format-version'='1')",
    );
    await lab.spark("INSERT INTO lab.first_format VALUES (1, 'x'), (2, null), (3, 'y')");
    let table = await (await lab.loadTable("first_format"))
      .newTransaction()
      .updateSpec((update) => update.removeField("s"))
      .commit();
    await lab.spark("INSERT INTO lab.first_format VALUES (4, 'x'), (5, null)");
    await expectSameRows(lab, "first_format", 5);
    table = await (await table.refresh()).newTransaction().upgradeFormatVersion(2).commit();
    await append(table, "SELECT i AS id, chr((97 + i % 3)::INTEGER) AS s FROM range(6) r(i)");
    await expectSameRows(lab, "first_format", 11);
    await lab.spark("DELETE FROM lab.first_format WHERE id IN (1, 4)");
    await expectSameRows(lab, "first_format", 7);
  });

  test("sorted as the table's sort order says, which Spark sees", async () => {
    const table = await lab.createTable("ordered", { schema: schemaOf({ id: "long", name: "string" }) });
    const ordered = await table
      .newTransaction()
      .replaceSortOrder([
        { column: "name", direction: "desc", nullOrder: "nulls-last" },
        { column: "id", direction: "asc" },
      ])
      .commit();
    await append(
      ordered,
      "SELECT i AS id, CASE WHEN i % 5 > 0 THEN chr((97 + i % 5)::INTEGER) END AS name FROM range(50) r(i)",
    );
    await expectSameRows(lab, "ordered", 50);
    const names = await lab.spark("SELECT name FROM lab.ordered");
    expect(names.map(({ name }) => name ?? "-").join("")).toMatch(/^e+d+c+b+-+$/);
    const [files] = await lab.spark("SELECT sort_order_id FROM lab.ordered.files");
    expect(files?.["sort_order_id"]).toBe(String(ordered.sortOrder.orderId));
    await lab.spark("INSERT INTO lab.ordered VALUES (100, 'z'), (101, null)");
    await expectSameRows(lab, "ordered", 52);
  });
});

/** A row for every value of every column, with nulls and moments before 1970. */
const partitionedRows = `SELECT row_number() OVER () AS id, * FROM (VALUES
    (1, -9223372036854775807, 14.20, DATE '1969-12-31', TIMESTAMP '1969-12-31 23:59:59.999999', TIMESTAMPTZ '1969-12-31 23:00:00+00', 'iceberg', 'f79c3e09-677c-4bbd-a479-3f349cb785e7'::UUID, from_hex('00010203')),
    (-1, 34, -14.20, DATE '1900-02-28', TIMESTAMP '1900-02-28 23:00:00', TIMESTAMPTZ '1968-02-29 00:00:00+00', 'a/b=c %20', '00000000-0000-0000-0000-000000000000'::UUID, from_hex('FF')),
    (2147483647, 9007199254740993, 0.00, DATE '1970-01-01', TIMESTAMP '1970-01-01 00:00:00', TIMESTAMPTZ '2024-02-29 12:34:56.000001+00', 'Ünï 🛫', 'ffffffff-ffff-ffff-ffff-ffffffffffff'::UUID, ''::BLOB),
    (-15, -1, -0.01, DATE '2024-02-29', TIMESTAMP '2017-11-16 22:31:08.123456', TIMESTAMPTZ '2017-11-16 22:31:08+00', '', '80000000-0000-0000-0000-000000000001'::UUID, from_hex('80818283')),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
  ) v(i, l, d, day, ts, tz, s, u, b)`;

const partitionedColumns = {
  id: "long",
  i: "int",
  l: "long",
  d: "decimal(9, 2)",
  day: "date",
  ts: "timestamp",
  tz: "timestamptz",
  s: "string",
  u: "uuid",
  b: "binary",
} as const;

/** Not of `u`: Java orders uuids as signed numbers, and so passes over files in which they are. */
const literals: Readonly<Record<string, string>> = {
  i: "-1",
  l: "34",
  d: "-14.20",
  day: "DATE '1900-02-28'",
  ts: "TIMESTAMP_NTZ '1900-02-28 23:00:00'",
  tz: "TIMESTAMP '1968-02-29 00:00:00Z'",
  s: "'a/b=c %20'",
  b: "X'FF'",
};

const transforms: readonly (readonly [transform: string, columns: string])[] = [
  ["identity", "i l d day ts tz s u b"],
  ["bucket[7]", "i l d day ts tz s u b"],
  ["truncate[10]", "i l d"],
  ["truncate[2]", "s b"],
  ["year", "day ts tz"],
  ["month", "day ts tz"],
  ["day", "day ts tz"],
  ["hour", "ts tz"],
];

/** What Spark finds among the rows of every type, in the words of its SQL. */
const filters: readonly (readonly [where: string, ids: string])[] = [
  ["a_float > 3e38", "1,3,4"],
  ["a_double = double('nan')", "1"],
  ["a_double < 0", "4"],
  ["a_double = 0", "2"],
  ["a_decimal <= 0", "2,4"],
  ["a_wide_decimal < 0", "2,4"],
  ["a_date < DATE '1900-01-01'", "4"],
  ["a_timestamp < TIMESTAMP_NTZ '1970-01-01 00:00:00'", "1,2,4"],
  ["a_timestamptz >= TIMESTAMP '9999-01-01 00:00:00Z'", "3"],
  ["a_string LIKE 'a/b%'", "2"],
  ["a_string = ''", "4"],
  ["a_string > 'Ü'", "3"],
  ["a_binary >= X'80'", "2,4"],
  ["a_binary = X''", "3"],
  ["a_boolean IS NULL", "4,5"],
  ["a_string IS NULL AND an_int IS NULL", "5"],
];

function nestedRows(...[x, y, price, mark, note, name]: readonly string[]): string {
  const type = `id BIGINT, place STRUCT(${name} VARCHAR, "at" STRUCT(${x} INTEGER, ${y} FLOAT)), tags VARCHAR[],
    visits STRUCT("when" TIMESTAMP, ${price} DECIMAL(5,2))[], scores MAP(VARCHAR, STRUCT("${mark}" INTEGER, ${note} VARCHAR)), matrix INTEGER[][]`;
  const at = (east: string, north: string) => `{'${x}': ${east}, '${y}': ${north}}`;
  return `SELECT unnest(r) FROM (SELECT unnest([
    {'id': 1, 'place': {'${name}': 'home', 'at': ${at("1", "0.1")}}, 'tags': ['a', NULL, ''],
      'visits': [{'when': TIMESTAMP '1969-12-31 23:59:59.999999', '${price}': 999.99}, {'when': NULL, '${price}': NULL}],
      'scores': MAP {'p': {'${mark}': 1, '${note}': 'n'}, 'q': NULL}, 'matrix': [[1, NULL], [], NULL]},
    {'id': 2, 'place': {'${name}': NULL, 'at': ${at("-1", "NULL")}}, 'tags': [], 'visits': [], 'scores': MAP {}, 'matrix': []},
    {'id': 3, 'place': {'${name}': 'nowhere', 'at': NULL}, 'tags': NULL, 'visits': [NULL], 'scores': NULL, 'matrix': NULL},
    {'id': 4, 'place': NULL, 'tags': NULL, 'visits': NULL, 'scores': NULL, 'matrix': NULL}
  ]::STRUCT(${type})[]) AS r)`;
}
