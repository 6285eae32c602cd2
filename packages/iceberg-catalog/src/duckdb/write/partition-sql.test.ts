import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyTransform } from "../../spec/apply-transform.ts";
import { fieldId, partitionFieldId, schemaId, specId } from "../../spec/ids.ts";
import type { Datum } from "../../spec/manifest.ts";
import type { Schema } from "../../spec/schema.ts";
import { type Transform, transformToString } from "../../spec/transform.ts";
import { type PrimitiveType, typeToString } from "../../spec/types.ts";
import { everyPrimitive, valuesOf } from "../../testing/arbitraries.ts";
import { Database } from "../database.ts";
import type { Session } from "../session.ts";
import { duckdbType } from "../types.ts";
import { valueLiteral } from "../value-sql.ts";
import { partitionExpressions } from "./partition-sql.ts";

let database: Database;
let session: Session;
beforeAll(async () => {
  database = await Database.open();
  session = await database.connect();
});
afterAll(() => database[Symbol.asyncDispose]());

const transforms: readonly Transform[] = [
  { kind: "identity" },
  { kind: "bucket", buckets: 16 },
  { kind: "bucket", buckets: 1000 },
  { kind: "truncate", width: 3 },
  { kind: "truncate", width: 1000 },
  { kind: "year" },
  { kind: "month" },
  { kind: "day" },
  { kind: "hour" },
  { kind: "void" },
];

/** Within DuckDB's calendar. */
const days = 2_000_000;
const micros = BigInt(days) * 86_400_000_000n;

function writable(type: PrimitiveType): fc.Arbitrary<Datum> {
  switch (type.kind) {
    case "date":
      return fc.integer({ min: -days, max: days });
    case "timestamp":
    case "timestamptz":
      return fc.bigInt({ min: -micros, max: micros });
    case "string":
      return fc.string({ unit: fc.constantFrom("a", "ß", "日", "😀", "'"), maxLength: 20 });
    case "decimal":
      // The lowest ones have no partition.
      return valuesOf(type).filter((value) => BigInt(value as bigint) > 1000n - 10n ** BigInt(type.precision));
    default:
      return valuesOf(type);
  }
}

function isDefined(transform: Transform, type: PrimitiveType, sample: Datum): boolean {
  try {
    applyTransform(transform, type, sample);
    return true;
  } catch {
    return false;
  }
}

describe("DuckDB computes the partition values that the spec defines", () => {
  const cases = everyPrimitive.flatMap((type) => {
    const [sample] = fc.sample(writable(type), { numRuns: 1, seed: 1 });
    return transforms
      .filter((transform) => sample !== undefined && isDefined(transform, type, sample))
      .map((transform) => [transformToString(transform), typeToString(type), transform, type] as const);
  });

  it.each(cases)("%s of %s", async (_, __, transform, type) => {
    const schema: Schema = {
      schemaId: schemaId(0),
      identifierFieldIds: [],
      fields: [{ id: fieldId(1), name: "x", required: false, type }],
    };
    const spec = {
      specId: specId(0),
      fields: [{ sourceId: fieldId(1), fieldId: partitionFieldId(1000), name: "p", transform }],
    };
    const [expression] = await partitionExpressions(session, spec, schema);
    const values = [null, ...fc.sample(writable(type), 200)];
    const literals = values.map((value, index) => {
      const literal = value === null ? "NULL" : valueLiteral(type, value);
      return `(${index}, CAST(${literal} AS ${duckdbType(type)}))`;
    });
    const rows = await session.rows(
      `SELECT ${expression?.sql} AS p FROM (VALUES ${literals.join(", ")}) t(i, x) ORDER BY i`,
    );
    const expected = values.map((value) => applyTransform(transform, type, value));
    expect(rows.map((row) => expression?.parse(row["p"]))).toEqual(expected);
  });
});

it("refuses a decimal whose truncation its precision cannot hold", async () => {
  const type: PrimitiveType = { kind: "decimal", precision: 4, scale: 2 };
  const schema: Schema = {
    schemaId: schemaId(0),
    identifierFieldIds: [],
    fields: [{ id: fieldId(1), name: "price", required: false, type }],
  };
  const transform: Transform = { kind: "truncate", width: 1000 };
  const spec = {
    specId: specId(0),
    fields: [{ sourceId: fieldId(1), fieldId: partitionFieldId(1000), name: "price_trunc", transform }],
  };
  const [expression] = await partitionExpressions(session, spec, schema);
  const partitionOf = async (price: string): Promise<unknown> => {
    const [row] = await session.rows(
      `SELECT ${expression?.sql} AS p FROM (SELECT CAST('${price}' AS DECIMAL(4, 2)) AS price)`,
    );
    return expression?.parse(row?.["p"]);
  };
  expect(await partitionOf("99.99")).toBe(9000n);
  expect(await partitionOf("-90.00")).toBe(-9000n);
  await expect(partitionOf("-99.99")).rejects.toThrow(
    "a row belongs to the partition price_trunc = -100.00, which is no decimal(4, 2); widen the column, or partition by another transform",
  );
});
