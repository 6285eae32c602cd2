import { Database } from "@icecore/iceberg-catalog/duckdb";
import type { RecordBatch } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isoInstant } from "./iso-8601.ts";
import { jsonArray } from "./json-rows.ts";

let database: Database;

beforeAll(async () => {
  database = await Database.open({});
});
afterAll(() => database[Symbol.asyncDispose]());

async function print(sql: string): Promise<string> {
  await using session = await database.connect();
  const pieces: string[] = [];
  for await (const piece of jsonArray(session.batches(sql))) pieces.push(piece);
  return pieces.join("");
}

describe("rows as JSON", () => {
  it.each([
    ["9007199254740991::BIGINT", "9007199254740991"],
    ["9007199254740992::BIGINT", '"9007199254740992"'],
    ["(-9007199254740992)::BIGINT", '"-9007199254740992"'],
    ["(-9007199254740991)::BIGINT", "-9007199254740991"],
    ["-7", "-7"],
    ["0.1::DOUBLE", "0.1"],
    ["0.1::FLOAT", "0.1"],
    [
      "[0.115::FLOAT, 16777216::FLOAT, 3.4028235e38::FLOAT, 1e-45::FLOAT, (1.0 / 3)::FLOAT]",
      "[0.115,16777216,3.4028235e+38,1.4013e-45,0.33333334]",
    ],
    ["'nan'::DOUBLE", '"NaN"'],
    ["'-inf'::FLOAT", '"-Infinity"'],
    ["true", "true"],
    ["'a\"b\u2028é'", JSON.stringify('a"b\u2028é')],
    ["'\\x00\\xFF'::BLOB", '"AP8="'],
    ["DATE '1969-12-31'", '"1969-12-31"'],
    ["TIME '12:00:00.000001'", '"12:00:00.000001"'],
    ["TIMESTAMPTZ '2026-01-01 00:00:00.123456+00'", '"2026-01-01T00:00:00.123456Z"'],
    ["TIMESTAMPTZ '1969-12-31 23:59:59.999999+00'", '"1969-12-31T23:59:59.999999Z"'],
    ["'infinity'::TIMESTAMPTZ", '"infinity"'],
    ["TIMESTAMP '2026-01-01 00:00:00.5'", '"2026-01-01T00:00:00.500"'],
    ["(-0.05)::DECIMAL(9,2)", '"-0.05"'],
    ["12345678901234567890123456789012345678::DECIMAL(38,0)", '"12345678901234567890123456789012345678"'],
    ["NULL::BIGINT", "null"],
    ["[9007199254740993, NULL, 1]", '["9007199254740993",null,1]'],
    ["[[0.5::FLOAT], [], NULL]", "[[0.5],[],null]"],
    [
      "{'a b': TIMESTAMPTZ '2026-01-01 00:00:00.5+00', 'l': [{'x': 'q\"'}]}",
      '{"a b":"2026-01-01T00:00:00.500Z","l":[{"x":"q\\""}]}',
    ],
    ["MAP {'a': 1.5::DECIMAL(9,2), 'b': NULL}", '{"a":"1.50","b":null}'],
    ["MAP {7: true}", '{"7":true}'],
    ["NULL::STRUCT(a INTEGER)", "null"],
  ])("%s", async (sql, json) => {
    expect(await print(`SELECT ${sql} AS "a b"`)).toBe(`[\n{"a b":${json}}\n]\n`);
  });

  it("that are none are an empty array", async () => {
    expect(JSON.parse(await print("SELECT 1 AS a WHERE false"))).toEqual([]);
  });

  it("that are many come in pieces, whole", async () => {
    const sql = "SELECT i AS a, CASE WHEN i % 2 = 0 THEN i::VARCHAR END AS b FROM range(150000) t(i)";
    const rows = JSON.parse(await print(sql)) as unknown[];
    expect(rows).toHaveLength(150_000);
    expect(rows.slice(-2)).toEqual([
      { a: 149_998, b: "149998" },
      { a: 149_999, b: null },
    ]);
  });

  it("are printed only as far as they are read", async () => {
    await using session = await database.connect();
    let taken = 0;
    async function* counted(): AsyncGenerator<RecordBatch> {
      for await (const batch of session.batches("SELECT i AS a FROM range(1000000) t(i)")) {
        taken++;
        yield batch;
      }
    }
    const pieces = jsonArray(counted());
    await pieces.next();
    await pieces.return(undefined);
    expect(taken).toBe(1);
  });
});

describe("instants", () => {
  it.each([
    [0n, "1970-01-01T00:00:00Z"],
    [1_500_000n, "1970-01-01T00:00:01.500Z"],
    [1n, "1970-01-01T00:00:00.000001Z"],
    [-1n, "1969-12-31T23:59:59.999999Z"],
    [-(2n ** 63n) + 1n, "-infinity"],
  ])("%i", (micros, text) => {
    expect(isoInstant(micros)).toBe(text);
  });
});
