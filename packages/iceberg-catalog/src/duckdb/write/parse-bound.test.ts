import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Datum } from "../../spec/manifest.ts";
import type { PrimitiveType } from "../../spec/types.ts";
import { Database } from "../database.ts";
import type { Session } from "../session.ts";
import { parseBound } from "./parse-bound.ts";

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

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const micros = fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n });
const exact = (type: PrimitiveType["kind"], values: fc.Arbitrary<Datum>, sql: (value: Datum) => string) =>
  [type, values, sql] as const;

describe("a bound", () => {
  it.each([
    exact("int", fc.integer(), String),
    exact("long", int64, (value) => `'${value}'::BIGINT`),
    exact("double", fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => `'${value}'::DOUBLE`),
    exact("float", fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => `'${value}'::FLOAT`),
    exact("date", fc.integer({ min: -719_162, max: 2_932_896 }), (days) => `DATE '1970-01-01' + (${days})`),
    exact(
      "time",
      fc.bigInt({ min: 0n, max: 86_399_999_999n }),
      (value) => `TIME '00:00:00' + INTERVAL (${value}) MICROSECONDS`,
    ),
    exact("timestamp", micros, (value) => `make_timestamp(${value})`),
    exact("timestamptz", micros, (value) => `make_timestamptz(${value})`),
    exact("boolean", fc.boolean(), String),
  ])("of a %s is read as DuckDB writes it", async (kind, values, sql) => {
    const type = { kind } as PrimitiveType;
    const samples = fc.sample(values, 300);
    const rows = await session.rows(
      `SELECT unnest([${samples.map((value) => `CAST(${sql(value)} AS VARCHAR)`).join(", ")}]) AS text`,
    );
    expect(rows.map(({ text }) => plusZero(parseBound(type, String(text))))).toEqual(samples.map(plusZero));
  });

  it("of a decimal is its unscaled value", () => {
    const type = { kind: "decimal", precision: 9, scale: 2 } as const;
    const texts = ["-0.05", "12", "1.5", "1.23", "1.234", "x", ""];
    expect(texts.map((text) => parseBound(type, text))).toEqual([
      -5n,
      1200n,
      150n,
      123n,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("is unknown where the text does not say it surely", () => {
    const unsure = {
      double: "inf",
      float: "nan",
      long: "1.5",
      date: "0044-03-15 (BC)",
      timestamptz: "infinity",
      time: "x",
      uuid: "1",
      binary: "FF",
    };
    for (const [kind, text] of Object.entries(unsure))
      expect(parseBound({ kind } as PrimitiveType, text), kind).toBeUndefined();
  });
});

const plusZero = (value: Datum | undefined): Datum | undefined => (value === 0 ? 0 : value);
