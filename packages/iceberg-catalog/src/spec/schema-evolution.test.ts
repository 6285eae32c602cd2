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
    ["a name that differs by case alone", (u) => u.addColumn("Delay", { kind: "int" }), 'already a column "delay"'],
    ["a nested name that differs by case alone", (u) => u.addColumn("at.LAT", { kind: "int" }), 'a column "lat"'],
    ["a rename onto another but for case", (u) => u.renameColumn("delay", "RATIO"), 'already a column "ratio"'],
    ["a required column that was optional", (u) => u.makeRequired("ratio"), "rows written before may have no value"],
    ["a wider key", (u) => u.updateType("tags.key", { kind: "string" }).makeOptional("tags.key"), "key of a map"],
    ["a move into another struct", (u) => u.moveBefore("ratio", "at.lat"), "which is in another struct"],
    ["a move next to itself", (u) => u.moveAfter("ratio", "ratio"), "next to itself"],
    ["a move of a list's element", (u) => u.moveFirst("stops.element"), "has no place among others"],
    ["an optional identifier field", (u) => u.setIdentifierFields(["ratio"]).build(), "cannot identify rows"],
    ["an identifier in a list", (u) => u.setIdentifierFields(["stops.element"]).build(), "cannot identify rows"],
    [
      "a float identifier",
      (u) => u.allowIncompatibleChanges().makeRequired("ratio").setIdentifierFields(["ratio"]).build(),
      "not float or double",
    ],
    [
      "a union with another type",
      (u) => u.unionByNameWith({ fields: [optional(1, "day", { kind: "string" })] }),
      "is date and cannot also hold string",
    ],
    [
      "a union of a struct and a primitive",
      (u) => u.unionByNameWith({ fields: [optional(1, "at", { kind: "int" })] }),
      "cannot also hold int",
    ],
    ["an unknown column", (u) => u.dropColumn("nope"), 'no column "nope"'],
  ])("refuses %s", (_, change, message) => {
    expect(() => change(update())).toThrow(message);
  });

  it("renames by case alone", () => {
    expect(names(update().renameColumn("delay", "Delay"))).toContain("Delay");
  });

  it("reaches into the structs of lists and maps, with or without the words in between", () => {
    const struct = (name: string): IcebergType => ({ kind: "struct", fields: [optional(1, name, { kind: "int" })] });
    const { fields } = update()
      .addColumn("legs", { kind: "list", elementId: fieldId(0), element: struct("from"), elementRequired: false })
      .addColumn("byName", {
        kind: "map",
        keyId: fieldId(0),
        key: { kind: "string" },
        valueId: fieldId(1),
        value: struct("x"),
        valueRequired: false,
      })
      .addColumn("legs.to", { kind: "int" })
      .addColumn("legs.element.via", { kind: "int" })
      .addColumn("byName.y", { kind: "int" })
      .updateType("legs.to", { kind: "long" })
      .renameColumn("byName.value.x", "z")
      .moveFirst("legs.via")
      .build().schema;
    expect(fields.at(-2)?.type).toMatchObject({
      element: { fields: [{ name: "via" }, { name: "from" }, { name: "to", type: { kind: "long" } }] },
    });
    expect(fields.at(-1)?.type).toMatchObject({ value: { fields: [{ name: "z" }, { name: "y" }] } });
  });

  it("keeps the structs of map keys as they are", () => {
    const key: IcebergType = { kind: "struct", fields: [optional(1, "k", { kind: "int" })] };
    const map: IcebergType = {
      kind: "map",
      keyId: fieldId(0),
      key,
      valueId: fieldId(1),
      value: key,
      valueRequired: false,
    };
    const withMap = () => update().addColumn("m", map);
    expect(() => withMap().addColumn("m.key.x", { kind: "int" })).toThrow("in the key of a map");
    expect(() => withMap().updateType("m.key.k", { kind: "long" })).toThrow("in the key of a map");
    expect(() => withMap().renameColumn("m.key.k", "x")).toThrow("in the key of a map");
    expect(() => withMap().dropColumn("m.key.k")).toThrow("in the key of a map");
    expect(() => withMap().updateType("m.value.k", { kind: "long" }).build()).not.toThrow();
  });

  it("adds required columns and makes columns required when told that it is no harm", () => {
    const { fields } = update()
      .allowIncompatibleChanges()
      .addColumn("x", { kind: "int" }, { required: true })
      .makeRequired("ratio")
      .build().schema;
    expect(fields.at(-1)).toMatchObject({ name: "x", required: true });
    expect(fields[4]).toMatchObject({ name: "ratio", required: true });
  });

  it("moves", () => {
    const order = (change: (u: SchemaUpdate) => SchemaUpdate) => names(change(update())).join(" ");
    expect(order((u) => u.moveFirst("price"))).toBe("price id day carrier delay ratio at stops tags");
    expect(order((u) => u.moveBefore("tags", "day"))).toBe("id tags day carrier delay ratio price at stops");
    expect(order((u) => u.moveAfter("id", "tags"))).toBe("day carrier delay ratio price at stops tags id");
    const nested = update().addColumn("at.lon", { kind: "double" }).moveBefore("at.lon", "at.lat").build().schema;
    expect(nested.fields[6]?.type).toMatchObject({ fields: [{ name: "lon" }, { name: "lat" }] });
  });

  it("sets identifier fields, and lets a column go that is none any more", () => {
    const { schema: built } = update().setIdentifierFields(["delay"]).dropColumn("id").build();
    expect(built.identifierFieldIds).toEqual([4]);
    expect(update().setIdentifierFields([]).makeOptional("id").build().schema.fields[0]?.required).toBe(false);
  });

  it("unites with another schema by name: adds, widens, makes optional, documents; what is wider stays", () => {
    const wanted = [
      { ...optional(91, "extra", { kind: "uuid" }), required: true },
      optional(92, "delay", { kind: "long" }),
      { ...optional(93, "id", { kind: "int" }), required: true },
      { ...optional(94, "ratio", { kind: "double" }), doc: "share" },
      optional(95, "price", { kind: "decimal", precision: 5, scale: 2 }),
      optional(96, "at", {
        kind: "struct",
        fields: [optional(97, "lat", { kind: "float" }), optional(98, "lon", { kind: "float" })],
      }),
      optional(99, "stops", {
        kind: "list",
        elementId: fieldId(89),
        element: { kind: "long" },
        elementRequired: false,
      }),
    ];
    const { fields } = update().unionByNameWith({ fields: wanted }).build().schema;
    const [id, , , delay, ratio, price, at, stops, , extra] = fields;
    expect(id).toEqual(schema.fields[0]);
    expect(delay).toMatchObject({ id: 4, required: false, type: { kind: "long" }, doc: "minutes" });
    expect(ratio).toMatchObject({ type: { kind: "double" }, doc: "share" });
    expect(price).toEqual(schema.fields[5]);
    expect(at?.type).toEqual({
      kind: "struct",
      fields: [optional(10, "lat", { kind: "double" }), optional(15, "lon", { kind: "float" })],
    });
    expect(stops?.type).toMatchObject({ elementId: 11, element: { kind: "long" }, elementRequired: false });
    expect(extra).toEqual(optional(14, "extra", { kind: "uuid" }));
  });

  it("keeps a name free that a partition field has", () => {
    const freed = update().renameColumn("day", "date");
    expect(() => freed.addColumn("day", { kind: "date" })).toThrow('a partition field is called "day"');
    expect(() => freed.renameColumn("delay", "day")).toThrow('a partition field is called "day"');
    expect(names(freed.renameColumn("date", "day"))).toContain("day");
  });
});
