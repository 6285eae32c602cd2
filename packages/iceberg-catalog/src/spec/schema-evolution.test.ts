import { describe, expect, it } from "vitest";
import { fieldId, schemaId, sortOrderId, timestampMs } from "./ids.ts";
import type { Schema } from "./schema.ts";
import { SchemaUpdate } from "./schema-evolution.ts";
import { newTableMetadata } from "./table-metadata-new.ts";
import type { IcebergType } from "./types.ts";

const optional = (id: number, name: string, type: IcebergType) => ({ id: fieldId(id), name, required: false, type });

/** Ids by creation: id 1, day 2, carrier 3, delay 4, ratio 5, price 6, at 7, stops 8, tags 9, lat 10, element 11, key 12, value 13. */
const schema: Schema = {
  schemaId: schemaId(0),
  identifierFieldIds: [fieldId(1)],
  fields: [
    { ...optional(1, "id", { kind: "long" }), required: true },
    optional(2, "day", { kind: "date" }),
    optional(3, "carrier", { kind: "string" }),
    { ...optional(4, "delay", { kind: "int" }), required: true, doc: "minutes" },
    optional(5, "ratio", { kind: "float" }),
    optional(6, "price", { kind: "decimal", precision: 9, scale: 2 }),
    optional(7, "at", { kind: "struct", fields: [optional(10, "lat", { kind: "double" })] }),
    optional(8, "stops", { kind: "list", elementId: fieldId(11), element: { kind: "int" }, elementRequired: true }),
    optional(9, "tags", {
      kind: "map",
      keyId: fieldId(12),
      key: { kind: "string" },
      valueId: fieldId(13),
      value: { kind: "float" },
      valueRequired: false,
    }),
  ],
};

const base = newTableMetadata(
  {
    schema,
    location: "memory://t",
    partitionSpec: { fields: [{ sourceId: fieldId(2), name: "day", transform: { kind: "identity" } }] },
    sortOrder: {
      orderId: sortOrderId(1),
      fields: [{ sourceId: fieldId(3), transform: { kind: "identity" }, direction: "asc", nullOrder: "nulls-first" }],
    },
  },
  "00000000-0000-4000-8000-000000000000",
  timestampMs(0),
);

const update = () => new SchemaUpdate(base);
const names = (built: SchemaUpdate) => built.build().schema.fields.map(({ name }) => name);

describe("SchemaUpdate", () => {
  it("adds columns with new ids, nested ones too, at the end of their struct", () => {
    const { schema: evolved, lastColumnId } = update()
      .addColumn("gate", { kind: "list", elementId: fieldId(1), element: { kind: "string" }, elementRequired: true })
      .addColumn("at.lon", { kind: "double" }, { doc: "degrees" })
      .build();
    expect(evolved.fields.at(-1)).toMatchObject({ id: 14, name: "gate", required: false, type: { elementId: 15 } });
    expect(evolved.fields[6]?.type).toMatchObject({
      fields: [{ name: "lat" }, { id: 16, name: "lon", doc: "degrees" }],
    });
    expect(lastColumnId).toBe(16);
  });

  it("does not give an id twice: a dropped and added name is another column", () => {
    const { schema: evolved, lastColumnId } = update()
      .dropColumn("ratio")
      .addColumn("ratio", { kind: "float" })
      .build();
    expect(evolved.fields.at(-1)).toMatchObject({ id: 14, name: "ratio" });
    expect(lastColumnId).toBe(14);
  });

  it("renames, and frees the old name", () => {
    const renamed = update()
      .renameColumn("delay", "delay_minutes")
      .renameColumn("at.lat", "latitude")
      .addColumn("delay", { kind: "int" });
    expect(names(renamed)).toEqual([
      "id",
      "day",
      "carrier",
      "delay_minutes",
      "ratio",
      "price",
      "at",
      "stops",
      "tags",
      "delay",
    ]);
  });

  it("widens, at any depth", () => {
    const { fields } = update()
      .updateType("delay", { kind: "long" })
      .updateType("ratio", { kind: "double" })
      .updateType("price", { kind: "decimal", precision: 12, scale: 2 })
      .updateType("stops.element", { kind: "long" })
      .updateType("tags.value", { kind: "double" })
      .build().schema;
    expect(fields.map(({ type }) => type).slice(3, 6)).toEqual([
      { kind: "long" },
      { kind: "double" },
      { kind: "decimal", precision: 12, scale: 2 },
    ]);
    expect(fields[7]?.type).toMatchObject({ element: { kind: "long" }, elementRequired: true });
    expect(fields[8]?.type).toMatchObject({ key: { kind: "string" }, value: { kind: "double" } });
  });

  it("makes optional, documents, and forgets documentation", () => {
    const { fields } = update()
      .makeOptional("delay")
      .updateDoc("delay", undefined)
      .updateDoc("id", "the key")
      .build().schema;
    expect(fields[3]).toEqual({ id: 4, name: "delay", required: false, type: { kind: "int" } });
    expect(fields[0]?.doc).toBe("the key");
  });

  it.each<[string, (u: SchemaUpdate) => unknown, string]>([
    ["a name that is taken", (u) => u.addColumn("delay", { kind: "int" }), "choose another name"],
    ["a required column", (u) => u.addColumn("x", { kind: "int" }, { required: true }), "add it as optional"],
    ["a field of what is no struct", (u) => u.addColumn("delay.x", { kind: "int" }), "only a struct has fields"],
    ["an unknown parent", (u) => u.addColumn("x.y", { kind: "int" }), 'no column "x"'],
    ["a rename onto another", (u) => u.renameColumn("delay", "ratio"), "choose another name"],
    ["a rename of a list's element", (u) => u.renameColumn("stops.element", "x"), "cannot be renamed"],
    ["a drop of a map's value", (u) => u.dropColumn("tags.value"), "drop the map itself"],
    ["a drop of an identifier", (u) => u.dropColumn("id"), "identifies rows"],
    ["a drop of a partition source", (u) => u.dropColumn("day"), "set another partition spec"],
    ["a drop of a sort column", (u) => u.dropColumn("carrier"), "set another sort order"],
    ["an optional identifier", (u) => u.makeOptional("id"), "must stay required"],
    ["a narrowing", (u) => u.updateType("id", { kind: "int" }), "cannot change from long to int"],
    ["another scale", (u) => u.updateType("price", { kind: "decimal", precision: 12, scale: 3 }), "Add a new column"],
    ["int to double", (u) => u.updateType("delay", { kind: "double" }), "cannot change from int to double"],
    ["an unknown column", (u) => u.dropColumn("nope"), 'no column "nope"'],
  ])("refuses %s", (_, change, message) => {
    expect(() => change(update())).toThrow(message);
  });
});
