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

it("a partition's directory is URL-encoded", () => {
  const schema = {
    schemaId: schemaId(0),
    identifierFieldIds: [],
    fields: [{ id: fieldId(1), name: "route", required: false, type: { kind: "string" } }],
  } as const;
  const field = {
    sourceId: fieldId(1),
    fieldId: partitionFieldId(1000),
    name: "a b",
    transform: parseTransform("identity"),
  };
  expect(partitionPath({ specId: specId(0), fields: [field] }, schema, ["x/é ~"])).toBe("a+b=x%2F%C3%A9+%7E");
});
