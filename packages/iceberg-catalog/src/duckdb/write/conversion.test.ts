import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PrimitiveType } from "../../spec/types.ts";
import { Database } from "../database.ts";
import type { Session } from "../session.ts";
import { conversion } from "./conversion.ts";

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

type Kind = Exclude<PrimitiveType["kind"], "decimal" | "fixed">;

describe("a column's conversion", () => {
  it.each([
    ["BIGINT", "long", "direct"],
    ["UINTEGER", "long", "direct"],
    ["UBIGINT", "long", "refused"],
    ["SMALLINT", "int", "direct"],
    ["BIGINT", "int", "checked"],
    ["DOUBLE", "long", "refused"],
    ["INTEGER", "double", "direct"],
    ["BIGINT", "double", "checked"],
    ["INTEGER", "float", "refused"],
    ["DOUBLE", "float", "refused"],
    ["FLOAT", "double", "direct"],
    ["TIMESTAMP", "timestamptz", "refused"],
    ["TIMESTAMP WITH TIME ZONE", "timestamp", "refused"],
    ["DATE", "timestamptz", "refused"],
    ["INTEGER", "string", "refused"],
    ["ENUM('a')", "string", "direct"],
    ["VARCHAR", "string", "direct"],
    ["VARCHAR", "long", "checked"],
    ['"NULL"', "uuid", "direct"],
    ["BOOLEAN", "int", "refused"],
  ] as const)("of %s to %s is %s", (from, kind, expected) => {
    expect(conversion("x", from, { kind } as PrimitiveType).kind).toBe(expected);
  });

  it("of decimals needs room on both sides of the point", () => {
    const to = { kind: "decimal", precision: 9, scale: 2 } as const;
    const kinds = ["DECIMAL(9,2)", "DECIMAL(7,0)", "DECIMAL(8,0)", "DECIMAL(9,3)"].map(
      (from) => conversion("x", from, to).kind,
    );
    expect(kinds).toEqual(["direct", "direct", "refused", "refused"]);
  });
});

describe("text", () => {
  it.each<[Kind, readonly string[], readonly string[]]>([
    ["int", ["0", "-1", "+2", "2147483647"], ["", " 1", "1.0", "1e3", "2147483648", "0x1"]],
    ["long", ["9223372036854775807"], ["9223372036854775808", "1_000"]],
    ["double", ["1.5", "-1e300", "nan", "inf"], ["1,5", "x"]],
    ["boolean", ["true", "false"], ["maybe"]],
    ["date", ["2024-02-29", "0001-01-01"], ["2023-02-29", "2024-02-29 10:00:00", "29.02.2024"]],
    ["time", ["23:59:59.123456", "00:00:00.5"], ["25:00:00", "10:00:00.1234567"]],
    [
      "timestamptz",
      ["2024-01-01T00:00:00Z", "1960-01-01T00:00:00.123456000+01:30"],
      [
        "2024-01-01T00:00:00",
        "2024-01-01",
        "2024-01-01 00:00+02",
        "2024-01-01T00:00:00.1234567Z",
        "infinity",
        "2024-01-01 00:00:00 Europe/Zurich",
      ],
    ],
    ["timestamp", ["2024-01-01T00:00:00"], ["2024-01-01T00:00:00Z"]],
    ["uuid", ["00000000-0000-4000-8000-000000000000"], ["zero"]],
    ["binary", ["AP8="], ["é"]],
  ])("is %s where nothing of it would be lost", async (kind, good, bad) => {
    const converted = conversion("text", "VARCHAR", { kind });
    if (converted.kind === "refused") throw new Error(converted.reason);
    const list = [...good, ...bad].map((text) => `('${text}')`).join(", ");
    const rows = await session.rows(
      `SELECT text, (${converted.sql}) IS NOT NULL AS fits FROM (VALUES ${list}) t(text)`,
    );
    expect(rows.filter((row) => row["fits"]).map((row) => row["text"])).toEqual(good);
  });
});
