import { describe, expect, it } from "vitest";
import { fieldId, schemaId } from "./ids.ts";
import { parseType } from "./parse-type.ts";
import { schemaProblem } from "./schema-problem.ts";
import { typeToString } from "./types.ts";

describe("a type's text", () => {
  it.each([
    "long",
    "decimal(9, 2)",
    "fixed[16]",
    "list<float>",
    "map<string, double>",
    "struct<lat: double, lon: double>",
    "list<struct<at: timestamptz, tags: map<decimal(9, 2), list<string>>, list: list<int>>>",
    "map<fixed[2], map<uuid, binary>>",
  ])("is read as it is written: %s", (text) => {
    const type = parseType(text);
    if (type === undefined) throw new Error("no type");
    expect(typeToString(type)).toBe(text);
    const column = { id: fieldId(1000), name: "c", required: false, type };
    expect(schemaProblem({ schemaId: schemaId(0), fields: [column], identifierFieldIds: [] })).toBeUndefined();
  });

  it("may have other spaces", () => {
    const type = parseType(" struct< a :int,b: list < decimal( 9,2 ) > > ");
    expect(type && typeToString(type)).toBe("struct<a: int, b: list<decimal(9, 2)>>");
  });

  it.each([
    "",
    "list",
    "list<>",
    "list<float",
    "list<float>>",
    "list<float>, int",
    "list<floats>",
    "map<string>",
    "map<list<int>, int>",
    "struct<>",
    "struct<int>",
    "struct<a: int,>",
    "struct<a: int, a: int>",
    "struct<a-b: int>",
    "decimal(39, 2)",
    "array<int>",
    "variant",
  ])("that is none: %s", (text) => {
    expect(parseType(text)).toBeUndefined();
  });
});
