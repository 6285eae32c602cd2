import { describe, expect, it } from "vitest";
import { dataFile, testTable } from "../testing/test-table.ts";
import { fieldId, schemaId } from "./ids.ts";
import {
  evolveNameMapping,
  nameMappingOf,
  nameMappingProperty,
  nameMappingToString,
  parseNameMapping,
} from "./name-mapping.ts";
import type { Schema } from "./schema.ts";
import type { IcebergType } from "./types.ts";

const column = (id: number, name: string, type: IcebergType = { kind: "int" }) => ({
  id: fieldId(id),
  name,
  required: false,
  type,
});
const schema = (...fields: Schema["fields"]): Schema => ({ schemaId: schemaId(0), identifierFieldIds: [], fields });

describe("a name mapping", () => {
  const text =
    '[{"field-id":1,"names":["a","alpha"]},{"field-id":2,"names":["l"],"fields":[{"field-id":3,"names":["element"]}]},{"names":["no.column"]}]';

  it("is read and written as the specification has it", () => {
    const mapping = parseNameMapping(text);
    expect(mapping[0]).toEqual({ fieldId: 1, names: ["a", "alpha"], fields: [] });
    expect(mapping[2]).toEqual({ names: ["no.column"], fields: [] });
    expect(nameMappingToString(mapping)).toBe(text);
  });

  it("of a schema has every level", () => {
    const list = column(2, "l", {
      kind: "list",
      elementId: fieldId(3),
      element: { kind: "int" },
      elementRequired: true,
    });
    expect(nameMappingToString(nameMappingOf([column(1, "a"), list]))).toBe(
      '[{"field-id":1,"names":["a"]},{"field-id":2,"names":["l"],"fields":[{"field-id":3,"names":["element"]}]}]',
    );
  });

  it.each([["{}"], ['[{"names":"a"}]'], ['[{"field-id":"1","names":[]}]']])("refuses %s", (bad) => {
    expect(() => parseNameMapping(bad)).toThrow(expect.objectContaining({ code: "METADATA_INVALID" }));
  });
});

describe("a schema change", () => {
  const before = schema(column(1, "a"), column(2, "b"), column(3, "s", { kind: "struct", fields: [column(4, "x")] }));
  const evolve = (after: Schema) => evolveNameMapping(nameMappingOf(before.fields), before, after);
  const byId = (after: Schema) => Object.fromEntries(evolve(after).map(({ fieldId: id, names }) => [id, names]));

  it("maps new columns, nested ones too", () => {
    const s = column(3, "s", { kind: "struct", fields: [column(4, "x"), column(6, "y")] });
    const mapping = evolve(schema(column(1, "a"), column(2, "b"), s, column(5, "c")));
    expect(mapping.at(-1)).toEqual({ fieldId: 5, names: ["c"], fields: [] });
    expect(mapping[2]?.fields).toEqual([
      { fieldId: 4, names: ["x"], fields: [] },
      { fieldId: 6, names: ["y"], fields: [] },
    ]);
  });

  it("finds renamed columns by both names, and dropped ones still", () => {
    expect(byId(schema(column(1, "z")))).toEqual({ 1: ["a", "z"], 2: ["b"], 3: ["s"] });
  });

  it("gives a name that went over to another column to that one alone", () => {
    expect(byId(schema(column(1, "b"), column(2, "c")))).toEqual({ 1: ["a", "b"], 2: ["c"], 3: ["s"] });
    expect(byId(schema(column(2, "b"), column(5, "a")))).toEqual({ 1: [], 2: ["b"], 3: ["s"], 5: ["a"] });
  });

  it("leaves alone what somebody mapped otherwise", () => {
    const mapping = [{ fieldId: fieldId(1), names: ["legacy"], fields: [] }];
    const after = schema(...before.fields, column(5, "c"));
    expect(evolveNameMapping(mapping, before, after)).toEqual([...mapping, { fieldId: 5, names: ["c"], fields: [] }]);
  });
});

it("a table keeps its mapping up to date in the commit that changes its columns, and only then", async () => {
  const { table, environment } = await testTable({
    [nameMappingProperty]: '[{"field-id":1,"names":["id"]},{"field-id":2,"names":["carrier"]}]',
  });
  const changed = await table
    .newTransaction(environment)
    .updateSchema((u) => u.addColumn("delay", { kind: "int" }).renameColumn("id", "key"))
    .fastAppend([dataFile("a", "A")])
    .commit();
  const mapping =
    '[{"field-id":1,"names":["id","key"]},{"field-id":2,"names":["carrier"]},{"field-id":3,"names":["delay"]}]';
  expect(changed.metadata.properties[nameMappingProperty]).toBe(mapping);
  const plain = await testTable();
  const without = await plain.table
    .newTransaction(plain.environment)
    .updateSchema((u) => u.addColumn("delay", { kind: "int" }))
    .commit();
  expect(without.metadata.properties).toEqual({});
});
