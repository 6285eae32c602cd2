import { describe, expect, test } from "vitest";
import { JsonReader } from "./json-reader.ts";
import { parseSchema } from "./schema-json.ts";

const column = (id: bigint, name: string, type: unknown = "long", required = true) => ({ id, name, type, required });
const schema = (fields: readonly unknown[], identifiers: readonly bigint[] = []) =>
  parseSchema(new JsonReader({ type: "struct", fields, "identifier-field-ids": identifiers } as never));

describe("a schema is refused when", () => {
  test.each([
    ["a name is used twice", () => schema([column(1n, "a"), column(2n, "a")]), 'the name "a" is used twice'],
    [
      "a name is that of a field inside another column",
      () => schema([column(1n, "a.b"), column(2n, "a", { type: "struct", fields: [column(3n, "b")] })]),
      'the name "a.b" is used twice',
    ],
    [
      "an id is used twice, at any depth",
      () => schema([column(1n, "a"), column(2n, "b", { type: "struct", fields: [column(1n, "c")] })]),
      'the field id 1 is used twice, again by "c"',
    ],
    ["an identifier is not there", () => schema([column(1n, "a")], [2n]), "field 2 cannot identify rows"],
    ["an identifier is optional", () => schema([column(1n, "a", "long", false)], [1n]), "field 1 cannot identify rows"],
    ["an identifier is a double", () => schema([column(1n, "a", "double")], [1n]), "field 1 cannot identify rows"],
    [
      "an identifier is inside a list",
      () =>
        schema([column(1n, "a", { type: "list", "element-id": 2n, element: "long", "element-required": true })], [2n]),
      "field 2 cannot identify rows",
    ],
    ["a type is not known", () => schema([column(1n, "a", "money")]), '$.fields[0].type: "money" is no type'],
    ["a decimal is too wide", () => schema([column(1n, "a", "decimal(39, 0)")]), '"decimal(39, 0)" is no type'],
  ])("%s", (_, parse, message) => {
    expect(parse).toThrow(
      expect.objectContaining({ code: "METADATA_INVALID", message: expect.stringContaining(message) }),
    );
  });

  test("a type is of a later format version", () => {
    expect(() => schema([column(1n, "a", "timestamp_ns")])).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
  });
});

test("a required column of a required struct may identify rows", () => {
  const nested = { type: "struct", fields: [column(2n, "b", "string")] };
  expect(schema([column(1n, "a", nested)], [2n]).identifierFieldIds).toEqual([2]);
});
