import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Predicate } from "../expr/predicate.ts";
import { fieldId, schemaId } from "../spec/ids.ts";
import type { Datum } from "../spec/manifest.ts";
import type { Schema } from "../spec/schema.ts";
import { type PrimitiveType, parsePrimitive } from "../spec/types.ts";
import { domains, naive, predicates, rowValues, schemaOf } from "../testing/naive-filter.ts";
import { Database } from "./database.ts";
import { predicateSql } from "./predicate-sql.ts";
import type { Session } from "./session.ts";
import { duckdbType } from "./types.ts";
import { valueLiteral } from "./value-sql.ts";

let database: Database;
let session: Session;
beforeAll(async () => {
  database = await Database.open();
  session = await database.connect();
});
afterAll(() => database[Symbol.asyncDispose]());

const schema: Schema = {
  schemaId: schemaId(0),
  identifierFieldIds: [],
  fields: [
    { id: fieldId(1), name: "n", required: false, type: { kind: "int" } },
    { id: fieldId(2), name: "d", required: false, type: { kind: "double" } },
    { id: fieldId(3), name: "t", required: false, type: { kind: "string" } },
    {
      id: fieldId(4),
      name: "in.side",
      required: false,
      type: { kind: "struct", fields: [{ id: fieldId(5), name: 'a"b', required: false, type: { kind: "long" } }] },
    },
    {
      id: fieldId(6),
      name: "l",
      required: false,
      type: { kind: "list", elementId: fieldId(7), element: { kind: "int" }, elementRequired: false },
    },
  ],
};

const rows = `(VALUES
  (1, 1, 1.5::DOUBLE, 'apple', {'a"b': 1::BIGINT}, NULL::INTEGER[]),
  (2, 2, 'nan'::DOUBLE, 'it''s', {'a"b': 2::BIGINT}, [1]),
  (3, NULL, NULL, NULL, NULL, []),
  (4, -3, -0.0::DOUBLE, '', {'a"b': NULL}, [NULL])
) v(id, n, d, t, "in.side", l)`;

async function matching(predicate: Predicate): Promise<readonly unknown[]> {
  const found = await session.rows(`SELECT id FROM ${rows} WHERE ${predicateSql(predicate, schema)} ORDER BY id`);
  return found.map((row) => row["id"]);
}

describe("a predicate in SQL", () => {
  it.each<[string, Predicate, readonly number[]]>([
    ["compares", { op: "gt-eq", column: "n", value: 1 }, [1, 2]],
    ["does not match nulls, negated or not", { op: "not", child: { op: "gt-eq", column: "n", value: 1 } }, [4]],
    ["does not match nulls by being unequal", { op: "not-eq", column: "n", value: 1 }, [2, 4]],
    ["never has NaN greater", { op: "gt", column: "d", value: 0 }, [1]],
    ["never has NaN less", { op: "lt", column: "d", value: 100 }, [1, 4]],
    ["never has NaN not greater", { op: "not", child: { op: "gt", column: "d", value: 0 } }, [4]],
    ["has NaN unequal to all", { op: "not-eq", column: "d", value: 1.5 }, [2, 4]],
    ["finds NaN by name", { op: "is-nan", column: "d" }, [2]],
    ["has NaN in no list", { op: "not", child: { op: "in", column: "d", values: [1.5] } }, [2, 4]],
    ["finds what is not NaN, as null is not", { op: "not-nan", column: "d" }, [1, 3, 4]],
    [
      "takes a literal beyond the type as one that all are below",
      { op: "lt", column: "n", value: 2n ** 40n },
      [1, 2, 4],
    ],
    ["takes a literal below the type as one that none is below", { op: "lt", column: "n", value: -(2n ** 40n) }, []],
    ["has nothing equal to a literal beyond the type", { op: "eq", column: "n", value: 2n ** 40n }, []],
    ["lists", { op: "in", column: "t", values: ["apple", "it's"] }, [1, 2]],
    ["lists what is not", { op: "not-in", column: "t", values: ["apple"] }, [2, 4]],
    ["has an empty list match nothing", { op: "in", column: "t", values: [] }, []],
    ["has everything but null outside of an empty list", { op: "not-in", column: "t", values: [] }, [1, 2, 4]],
    ["finds prefixes", { op: "starts-with", column: "t", value: "it'" }, [2]],
    ["finds other prefixes", { op: "not-starts-with", column: "t", value: "it'" }, [1, 4]],
    ["reaches into structs, whatever the names", { op: "eq", column: 'in.side.a"b', value: 2 }, [2]],
    ["asks of any column whether it is null", { op: "is-null", column: "l" }, [1]],
    ["joins", { op: "or", left: { op: "is-null", column: "n" }, right: { op: "eq", column: "n", value: 2 } }, [2, 3]],
    ["is everything", { op: "true" }, [1, 2, 3, 4]],
    ["is nothing", { op: "false" }, []],
  ])("%s", async (_, predicate, expected) => {
    expect(await matching(predicate)).toEqual(expected);
  });

  it.each(["double", "int", "string"])(
    "keeps the rows that a naive reading keeps, of any predicate over %s",
    async (name) => {
      const type = parsePrimitive(name) as PrimitiveType;
      const domain = domains[name] as fc.Arbitrary<Datum>;
      const values = fc.array(rowValues(name), { minLength: 1, maxLength: 5 });
      const property = fc.asyncProperty(predicates(domain, name), values, async (predicate, given) => {
        const list = given
          .map((value, i) => `(${i}, ${value === null ? "NULL" : valueLiteral(type, value)})`)
          .join(", ");
        const found = await session.rows(
          `SELECT i FROM (SELECT i, CAST(x AS ${duckdbType(type)}) AS x FROM (VALUES ${list}) v(i, x)) WHERE ${predicateSql(predicate, schemaOf(type))} ORDER BY i`,
        );
        const expected = [...given.keys()].filter((i) => naive(predicate, given[i] ?? null) === true);
        expect(found.map((row) => row["i"])).toEqual(expected);
      });
      await fc.assert(property, { numRuns: 200 });
    },
  );

  it("refuses what does not fit the table", () => {
    expect(() => predicateSql({ op: "eq", column: "x", value: 1 }, schema)).toThrowErrorMatchingInlineSnapshot(
      `[IcebergError: no column "x"; the table has: n, d, t, in.side, l]`,
    );
    expect(() => predicateSql({ op: "eq", column: "l", value: 1 }, schema)).toThrowErrorMatchingInlineSnapshot(
      `[IcebergError: column "l" is a list, which is not compared with a value]`,
    );
    expect(() => predicateSql({ op: "eq", column: "n", value: "x" }, schema)).toThrowErrorMatchingInlineSnapshot(
      `[IcebergError: column "n" is int and cannot be compared with "x"]`,
    );
    expect(() => predicateSql({ op: "starts-with", column: "n", value: 1 }, schema)).toThrowErrorMatchingInlineSnapshot(
      `[IcebergError: column "n" is int: only text starts with something]`,
    );
  });
});
