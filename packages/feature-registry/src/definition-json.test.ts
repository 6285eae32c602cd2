import fc from "fast-check";
import { expect, it } from "vitest";
import { definitionFromJson, definitionToJson } from "./definition-json.ts";
import { anyDefinition, driverStats } from "./testing/definitions.ts";

it("reads every definition that it writes, and writes it the same again", () => {
  fc.assert(
    fc.property(anyDefinition, (definition) => {
      const text = definitionToJson(definition);
      expect(definitionFromJson(text)).toEqual(definition);
      expect(definitionToJson(definitionFromJson(text))).toBe(text);
    }),
    { numRuns: 300 },
  );
});

it("does not tell definitions apart by the order of their tags", () => {
  const tagged = (tags: Record<string, string>) => definitionToJson({ ...driverStats, tags });
  expect(tagged({ a: "1", b: "2" })).toBe(tagged({ b: "2", a: "1" }));
});

it("says when it does not understand", () => {
  for (const text of ["", "{}", '{"kind": "model"}', "null"]) {
    expect(() => definitionFromJson(text)).toThrow(/upgrade icecore/);
  }
});
