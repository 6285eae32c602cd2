import { describe, expect, it } from "vitest";
import { applyUpdates } from "./apply-update.ts";
import { fieldId, schemaId, timestampMs } from "./ids.ts";
import { PartitionSpecUpdate } from "./partition-spec-evolution.ts";
import { SchemaUpdate } from "./schema-evolution.ts";
import type { TableMetadata } from "./table-metadata.ts";
import { defaultPartitionSpec } from "./table-metadata-lookups.ts";
import { newTableMetadata } from "./table-metadata-new.ts";
import { lastAdded } from "./table-update.ts";
import { parseTransform, transformToString } from "./transform.ts";
import type { IcebergType } from "./types.ts";

const column = (id: number, name: string, type: IcebergType) => ({ id: fieldId(id), name, required: false, type });

const table = (formatVersion: 1 | 2): TableMetadata =>
  newTableMetadata(
    {
      schema: {
        schemaId: schemaId(0),
        identifierFieldIds: [],
        fields: [
          column(1, "id", { kind: "long" }),
          column(2, "ts", { kind: "timestamptz" }),
          column(3, "name", { kind: "string" }),
          column(4, "ratio", { kind: "double" }),
          column(5, "at", { kind: "struct", fields: [column(6, "day", { kind: "date" })] }),
          column(7, "tags", { kind: "list", elementId: fieldId(8), element: { kind: "int" }, elementRequired: false }),
        ],
      },
      location: "memory://t",
      partitionSpec: { fields: [{ sourceId: fieldId(2), name: "ts_day", transform: { kind: "day" } }] },
      properties: { "format-version": String(formatVersion) },
    },
    "00000000-0000-4000-8000-000000000000",
    timestampMs(0),
  );

const t = parseTransform;

function evolve(base: TableMetadata, change: (update: PartitionSpecUpdate) => unknown): TableMetadata {
  const update = new PartitionSpecUpdate(base);
  change(update);
  const updates = [
    { action: "add-spec", spec: update.build() },
    { action: "set-default-spec", specId: lastAdded },
  ] as const;
  return applyUpdates(base, updates, { now: timestampMs(1) });
}

const fieldsOf = (metadata: TableMetadata) =>
  defaultPartitionSpec(metadata).fields.map(
    ({ fieldId: id, name, transform }) => `${id} ${name} ${transformToString(transform)}`,
  );

describe("a partition spec", () => {
  it("gets fields by any transform, called as other engines call them", () => {
    const evolved = evolve(table(2), (u) =>
      u
        .addField("id", t("bucket[16]"))
        .addField("name", t("truncate[4]"))
        .addField("name")
        .addField("at.day", t("month"))
        .addField("ratio", t("identity"), "share"),
    );
    expect(fieldsOf(evolved)).toEqual([
      "1000 ts_day day",
      "1001 id_bucket_16 bucket[16]",
      "1002 name_trunc_4 truncate[4]",
      "1003 name identity",
      "1004 at.day_month month",
      "1005 share identity",
    ]);
    expect(evolved.lastPartitionId).toBe(1005);
  });

  it("loses a field under format 2, and keeps it as void under format 1, where new fields go behind it", () => {
    const replace = (u: PartitionSpecUpdate) => u.removeField("ts_day").addField("ts", t("month"));
    expect(fieldsOf(evolve(table(2), replace))).toEqual(["1001 ts_month month"]);
    expect(fieldsOf(evolve(table(1), replace))).toEqual(["1000 ts_day void", "1001 ts_month month"]);
  });

  it("keeps the name of a column for the identity of it that format 1 has dropped, and gives it up again", () => {
    const gone = evolve(
      evolve(table(1), (u) => u.addField("name")),
      (u) => u.removeField("name"),
    );
    expect(fieldsOf(gone)).toEqual(["1000 ts_day day", "1001 name void"]);
    expect(fieldsOf(evolve(gone, (u) => u.addField("name")))).toEqual([
      "1000 ts_day day",
      "1001 name_1001 void",
      "1002 name identity",
    ]);
    const freed = new SchemaUpdate(gone).dropColumn("name").addColumn("name", { kind: "int" });
    expect(freed.build().schema.fields.at(-1)).toMatchObject({ id: 9, name: "name" });
  });

  it("takes a field back under the id it had, in format 2 alone", () => {
    const gone = (base: TableMetadata) => evolve(base, (u) => u.removeField("ts_day").addField("id"));
    const back = (u: PartitionSpecUpdate) => u.addField("ts", t("day"));
    expect(fieldsOf(evolve(gone(table(2)), back))).toEqual(["1001 id identity", "1000 ts_day day"]);
    expect(fieldsOf(evolve(gone(table(1)), back))).toEqual([
      "1000 ts_day_1000 void",
      "1001 id identity",
      "1002 ts_day day",
    ]);
  });

  it("takes it back under another name, and in the update that removes it", () => {
    const gone = evolve(table(2), (u) => u.removeField("ts_day"));
    expect(fieldsOf(evolve(gone, (u) => u.addField("ts", t("day"), "d")))).toEqual(["1000 d day"]);
    const same = evolve(table(2), (u) => u.removeField("ts_day").addField("ts", t("day")));
    expect(same.partitionSpecs).toHaveLength(1);
    expect(same.defaultSpecId).toBe(0);
  });

  it("that is equal to an older one is that one", () => {
    const gone = evolve(table(2), (u) => u.removeField("ts_day"));
    const back = evolve(gone, (u) => u.addField("ts", t("day")));
    expect([gone.defaultSpecId, back.defaultSpecId, back.partitionSpecs.length]).toEqual([1, 0, 2]);
  });

  it("renames a field, which stays the same", () => {
    expect(
      fieldsOf(evolve(table(2), (u) => u.renameField("ts_day", "d").addField("id").renameField("id", "key"))),
    ).toEqual(["1000 d day", "1001 key identity"]);
  });

  it.each<[string, (u: PartitionSpecUpdate) => unknown, string]>([
    ["what it has", (u) => u.addField("ts", t("day")), 'already partitioned by day of "ts"'],
    ["the same twice", (u) => u.addField("id").addField("id", t("identity"), "x"), "already partitioned by identity"],
    ["two units of a time", (u) => u.addField("ts", t("year")).addField("ts", t("hour")), "units of the same column"],
    ["a name that is taken", (u) => u.addField("id", t("identity"), "ts_day"), 'already a partition field "ts_day"'],
    ["a rename onto another", (u) => u.addField("id").renameField("id", "ts_day"), "already a partition field"],
    ["a name of a column", (u) => u.addField("id", t("bucket[2]"), "name"), "is already in use"],
    ["the identity under another column's name", (u) => u.addField("id", t("identity"), "name"), "is already in use"],
    ["an unknown column", (u) => u.addField("x"), 'no column "x"'],
    ["an unknown field", (u) => u.removeField("x"), 'no partition field "x"; the table has: ts_day'],
    ["to remove what it adds", (u) => u.addField("id").removeField("id"), "only being added"],
    ["a transform that it does not know", (u) => u.addField("id", t("mystery[2]")), "is no transform"],
    ["a transform of another type", (u) => u.addField("name", t("day")), "day cannot be applied to string"],
    ["hours of a date", (u) => u.addField("at.day", t("hour")), "hour cannot be applied to date"],
    ["buckets of doubles", (u) => u.addField("ratio", t("bucket[2]")), "cannot be applied to double"],
    ["a struct", (u) => u.addField("at"), "is not primitive"],
    ["what is in a list", (u) => u.addField("tags.element"), "inside a list or a map"],
  ])("refuses %s", (_, change, message) => {
    expect(() => evolve(table(2), change)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(message) }),
    );
  });
});
