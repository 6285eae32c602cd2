import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Bool,
  type Data,
  DateDay,
  Decimal,
  Dictionary,
  Field,
  FixedSizeList,
  Float16,
  Int8,
  Int32,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimeMillisecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  tableToIPC,
  Uint32,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonFieldMetadata } from "./arrow-columns.ts";
import { storeResult } from "./arrow-projection.ts";
import { type ArrowInput, loadArrow } from "./arrow-rows.ts";
import { Database } from "./database.ts";
import { openRowSource } from "./row-source.ts";
import type { Session } from "./session.ts";

let database: Database;
let session: Session;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "icecore-arrow-"));
  database = await Database.open({ threads: 1 });
  session = await database.connect();
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

const rows = async (input: ArrowInput) => {
  await using source = await openRowSource(session, input, new Set());
  return await session.rows(`SELECT * FROM ${source.relation}`);
};

/** More rows than a chunk has, in two batches that are not as long, with nulls where they fall. */
const count = 5_000;
const numbers = Array.from({ length: count }, (_, i) => (i % 7 === 3 ? null : BigInt(i) - 100n));
const words = numbers.map((value) => (value === null || value % 5n === 0n ? null : `word ${value}`));
const part = (begin: number, end?: number) =>
  new Table({ n: vectorFromArray(numbers.slice(begin, end)), w: vectorFromArray(words.slice(begin, end), new Utf8()) });
const table = new Table([...part(0, 3_001).batches, ...part(3_001).batches]);
const expected = numbers.map((n, i) => ({ n, w: words[i] ?? null }));

describe("rows of Arrow", () => {
  it("are loaded from a table, from batches, and from IPC bytes, streams and files", async () => {
    async function* batches() {
      yield* table.batches;
    }
    async function* pieces(bytes: Uint8Array) {
      for (let at = 0; at < bytes.length; at += 999) yield bytes.subarray(at, at + 999);
    }
    const [stream, file] = [tableToIPC(table, "stream"), tableToIPC(table, "file")];
    const inputs: readonly ArrowInput[] = [
      { arrow: table },
      { arrow: batches() },
      { arrowIpc: stream },
      { arrowIpc: file },
      { arrowIpc: pieces(stream) },
      { arrow: table.slice(0) },
    ];
    for (const input of inputs) expect(await rows(input)).toEqual(expected);
    for (const [name, bytes] of [
      ["a.arrow", file],
      ["b.arrows", stream],
    ] as const) {
      await writeFile(join(directory, name), bytes);
      await using source = await openRowSource(session, { files: [join(directory, name)] }, new Set());
      expect(await session.rows(`SELECT * FROM ${source.relation}`)).toEqual(expected);
    }
  });

  it("keep slices, which begin inside of a bitmap's byte", async () => {
    expect(await rows({ arrow: table.slice(3, 4_099) })).toEqual(expected.slice(3, 4_099));
  });

  it("leave nothing behind", async () => {
    const tables = () => session.rows("SELECT table_name FROM duckdb_tables()");
    const before = await tables();
    await rows({ arrow: table });
    await expect(rows({ arrowIpc: tableToIPC(table).subarray(0, 20_000) })).rejects.toMatchObject({
      code: "FILE_INVALID",
    });
    expect(await tables()).toEqual(before);
  });

  it("are of every flat type", async () => {
    const columns: Readonly<Record<string, Vector>> = {
      tiny: vectorFromArray([-1, null], new Int8()),
      unsigned: vectorFromArray([4_294_967_295, 0], new Uint32()),
      float: vectorFromArray([1.5, null]),
      flag: vectorFromArray([true, null], new Bool()),
      label: vectorFromArray(["a", "a"], new Dictionary(new Utf8(), new Int32())),
      day: vectorFromArray([new Date("1969-12-31"), null], new DateDay()),
      clock: vectorFromArray([1_500, null], new TimeMillisecond()),
      second: vectorFromArray([-1_000, null], new TimestampSecond()),
      milli: vectorFromArray([1, null], new TimestampMillisecond("Europe/Berlin")),
      nano: fixed(new TimestampNanosecond("UTC"), BigInt64Array.of(-1_000n, 2_000n)),
      price: fixed(
        new Decimal(2, 9, 128),
        Uint32Array.of(0xffff_ff85, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 1, 0, 0, 0),
      ),
    };
    await using source = await openRowSource(session, { arrow: new Table(columns) }, new Set());
    const texts = Object.keys(columns).map((name) => `${name}::VARCHAR AS ${name}`);
    expect({
      types: Object.fromEntries(source.columns.map(({ name, type }) => [name, type])),
      rows: await session.rows(`SELECT ${texts.join(", ")} FROM ${source.relation}`),
    }).toMatchInlineSnapshot(`
      {
        "rows": [
          {
            "clock": "00:00:01.5",
            "day": "1969-12-31",
            "flag": "true",
            "float": "1.5",
            "label": "a",
            "milli": "1970-01-01 00:00:00.001+00",
            "nano": "1969-12-31 23:59:59.999999+00",
            "price": "-1.23",
            "second": "1969-12-31 23:59:59",
            "tiny": "-1",
            "unsigned": "4294967295",
          },
          {
            "clock": null,
            "day": null,
            "flag": null,
            "float": null,
            "label": "a",
            "milli": null,
            "nano": "1970-01-01 00:00:00.000002+00",
            "price": "0.01",
            "second": null,
            "tiny": null,
            "unsigned": "0",
          },
        ],
        "types": {
          "clock": "TIME",
          "day": "DATE",
          "flag": "BOOLEAN",
          "float": "DOUBLE",
          "label": "VARCHAR",
          "milli": "TIMESTAMP WITH TIME ZONE",
          "nano": "TIMESTAMP WITH TIME ZONE",
          "price": "DECIMAL(9,2)",
          "second": "TIMESTAMP",
          "tiny": "TINYINT",
          "unsigned": "UINTEGER",
        },
      }
    `);
  });

  it("may have lists, structs and maps inside each other, as they come out of DuckDB", async () => {
    const value = (
      i: string,
    ) => `{'at': make_timestamptz(1234567 + ${i}), 'words': ['w' || ${i}, NULL, ''], 'price': (${i} / 100.0)::DECIMAL(9,2),
      'by': MAP {${i}: [CAST(${i} AS TINYINT)], -1: NULL}, 'day': DATE '1969-12-31', 'bytes': '\\x00'::BLOB, 'flag': ${i} % 2 = 0}`;
    // Filtered and sorted: elements of neighbours are no neighbours in DuckDB's vectors.
    const sql = `SELECT * FROM (SELECT i, CASE WHEN i % 3 > 0 THEN [${value("i % 100")}, NULL, ${value("(i + 1) % 100")}] WHEN i % 2 = 0 THEN [] END AS v,
      {'a': CASE WHEN i % 5 > 0 THEN {'b': i} END} AS s FROM range(7000) t(i)) WHERE i % 4 > 0 ORDER BY hash(i)`;
    const stored = await storeResult(session, sql);
    const types = "typeof(any_value(v)) || typeof(any_value(s)) AS types";
    const [before] = await session.rows(`SELECT ${types} FROM (${stored.select})`);
    await using source = await openRowSource(session, { arrow: stored.batches() }, new Set());
    // A TINYINT is an int in Arrow as in Iceberg.
    expect(
      await session.rows(
        `SELECT replace(${types.replace(" AS types", "")}, 'INTEGER[])', 'TINYINT[])') AS types FROM ${source.relation}`,
      ),
    ).toEqual([before]);
    const difference = (a: string, b: string) =>
      `(SELECT i, v::VARCHAR, s::VARCHAR FROM ${a} EXCEPT ALL SELECT i, v::VARCHAR, s::VARCHAR FROM ${b})`;
    const relation = `(${stored.select})`;
    const [differences] = await session.rows(
      `SELECT (SELECT count(*) FROM ${source.relation})::INTEGER AS n, (SELECT count(*) FROM ${difference(relation, source.relation)})::INTEGER AS lost,
        (SELECT count(*) FROM ${difference(source.relation, relation)})::INTEGER AS gained`,
    );
    expect(differences).toEqual({ n: 5250, lost: 0, gained: 0 });
  });

  it("may have lists of one length, and JSON", async () => {
    const list = new FixedSizeList(2, new Field("item", new Int32()));
    const text = new Field("j", new Utf8(), true, new Map(jsonFieldMetadata));
    const vectors = [
      vectorFromArray([[1, 2], null, [3, 4]], list),
      vectorFromArray(['{"a": [1]}', null, "7"], new Utf8()),
    ];
    const schema = new Schema([new Field("l", list, true), text]);
    const children = vectors.map((vector) => vector.data[0] as Data);
    const batch = new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: 3, children }));
    await using source = await openRowSource(session, { arrow: new Table([batch]) }, new Set());
    expect(source.columns).toEqual([
      { name: "l", type: "INTEGER[]" },
      { name: "j", type: "JSON" },
    ]);
    expect(await session.rows(`SELECT l, j -> 'a' AS a FROM ${source.relation}`)).toEqual([
      { l: [1, 2], a: "[1]" },
      { l: null, a: null },
      { l: [3, 4], a: null },
    ]);
  });

  it("are refused where they are finer than a microsecond, of a type that DuckDB lacks, or no Arrow", async () => {
    const half = new Table({ l: vectorFromArray([[1]], new List(new Field("item", new Float16()))) });
    await expect(rows({ arrow: half })).rejects.toThrow(/column "l.item" has the Arrow type Float16/);
    const fine = new Table({ t: fixed(new TimestampNanosecond("UTC"), BigInt64Array.of(1n)) });
    await expect(rows({ arrow: fine })).rejects.toThrow(/finer than a microsecond/);
    await expect(rows({ arrowIpc: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) })).rejects.toMatchObject({
      code: "FILE_INVALID",
    });
    async function* none(): AsyncGenerator<RecordBatch> {}
    await expect(rows({ arrow: none() })).rejects.toMatchObject({ code: "FILE_INVALID" });
    const empty = new RecordBatch(new Schema([]), makeData({ type: new Struct([]), children: [], length: 0 }));
    await expect(loadArrow(session, { arrow: new Table([empty]) }, "it")).rejects.toMatchObject({
      code: "FILE_INVALID",
    });
  });
});

function fixed(type: TimestampNanosecond | Decimal, data: BigInt64Array | Uint32Array): Vector {
  const length = data instanceof BigInt64Array ? data.length : data.length / 4;
  const children = [makeData({ type: type as TimestampNanosecond, length, data: data as BigInt64Array })];
  const schema = new Schema([new Field("v", type, true)]);
  const struct = makeData({ type: new Struct(schema.fields), length, children });
  const vector = new Table([new RecordBatch(schema, struct)]).getChild("v");
  if (vector === null) throw new Error("there is one column");
  return vector;
}
