import { describe, expect, it } from "vitest";
import { humanPartitionValue } from "./human-value.ts";
import { fieldId, partitionFieldId, schemaId, specId } from "./ids.ts";
import type { Datum } from "./manifest.ts";
import { partitionPath } from "./partition-path.ts";
import { parseTransform } from "./transform.ts";
import { type PrimitiveType, parsePrimitive } from "./types.ts";

describe("human-readable partition values", () => {
  it.each<[string, string, Datum | null, string]>([
    ["year", "int", -1, "1969"],
    ["month", "int", -1, "1969-12"],
    ["day", "date", 17486, "2017-11-16"],
    ["hour", "int", -1, "1969-12-31-23"],
    ["identity", "timestamp", 1510871468000001n, "2017-11-16T22:31:08.000001"],
    ["identity", "timestamptz", 1510871468000000n, "2017-11-16T22:31:08+00:00"],
    ["identity", "time", 36_775_038_000n, "10:12:55.038"],
    ["identity", "decimal(9,2)", -5n, "-0.05"],
    ["identity", "binary", Uint8Array.of(1, 2, 3), "AQID"],
    ["bucket[4]", "int", 3, "3"],
    ["identity", "string", null, "null"],
  ])("%s %s %s is %s", (transform, type, value, expected) => {
    expect(humanPartitionValue(parseTransform(transform), parsePrimitive(type) as PrimitiveType, value)).toBe(expected);
  });
});

const schema = {
  schemaId: schemaId(0),
  identifierFieldIds: [],
  fields: [{ id: fieldId(1), name: "route", required: false, type: { kind: "string" } }],
} as const;
const pathOf = (value: string, fields = 1) => {
  const specFields = Array.from({ length: fields }, (_, i) => ({
    sourceId: fieldId(1),
    fieldId: partitionFieldId(1000 + i),
    name: i === 0 ? "a b" : `n${i}`,
    transform: parseTransform("identity"),
  }));
  return partitionPath({ specId: specId(0), fields: specFields }, schema, Array(fields).fill(value));
};

it("a partition's directory is URL-encoded", () => {
  expect(pathOf("x/é ~")).toBe("a+b=x%2F%C3%A9+%7E");
});

describe("names too long for a folder", () => {
  it("are cut where no escape is, and told apart by a hash that is always the same", () => {
    const long = pathOf("é".repeat(300));
    expect(long).toMatch(/^a\+b=(%C3%A9)+(%C3)?-[0-9a-f]{8}$/);
    expect(long.length).toBeLessThanOrEqual(200);
    expect(decodeURIComponent(long.replace(/(%C3)?-[0-9a-f]{8}$/, ""))).toMatch(/^a\+b=é+$/);
    expect(pathOf("é".repeat(300))).toBe(long);
    expect(pathOf(`${"é".repeat(299)}e`)).not.toBe(long);
    expect(pathOf("x".repeat(196))).toBe(`a+b=${"x".repeat(196)}`);
    expect(pathOf("x".repeat(197))).not.toContain("x".repeat(197));
  });

  it("share what a key has room for", () => {
    const path = pathOf("x".repeat(1000), 10);
    expect(path.length).toBeLessThanOrEqual(520);
    expect(path.split("/")).toHaveLength(10);
  });
});
