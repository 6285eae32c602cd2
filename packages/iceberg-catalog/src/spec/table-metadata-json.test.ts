import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { parseJson, stringifyJson } from "./json.ts";
import { JsonReader } from "./json-reader.ts";
import { decodeMetadataFile, encodeMetadataFile, nextMetadataLocation } from "./table-metadata-file.ts";
import { parseTableMetadata, tableMetadataToJson } from "./table-metadata-json.ts";

const golden = (name: string): Uint8Array => readFileSync(new URL(`golden/${name}`, import.meta.url));
const v1 = decodeMetadataFile(golden("v1.metadata.json"), "v1");
const v2 = decodeMetadataFile(golden("v2.metadata.json"), "v2");

const v2With = (changes: Record<string, unknown>) =>
  parseTableMetadata(new JsonReader({ ...tableMetadataToJson(v2), ...changes } as never));

describe("version 2 metadata", () => {
  test("survives a round trip without losing a digit", () => {
    const text = stringifyJson(tableMetadataToJson(v2));
    expect(parseTableMetadata(new JsonReader(parseJson(text)))).toEqual(v2);
    expect(text).toContain('"snapshot-id":9007199254740993021');
    expect(v2.currentSnapshotId).toBe(9007199254740993021n);
  });

  test("keeps nested types, refs, transforms that are not known, and statistics", () => {
    expect(v2.schemas[1]?.fields.map((field) => field.type.kind)).toEqual([
      "long",
      "timestamptz",
      "list",
      "map",
      "decimal",
    ]);
    expect(v2.refs).toEqual({
      main: { type: "branch", snapshotId: 9007199254740993021n, minSnapshotsToKeep: 3 },
      trained: { type: "tag", snapshotId: 3051729675574597004n, maxRefAgeMs: 604800000 },
    });
    expect(v2.partitionSpecs[1]?.fields.map((field) => field.transform)).toEqual([
      { kind: "day" },
      { kind: "unknown", text: "zorder[2]" },
    ]);
    expect(v2.statistics).toHaveLength(1);
  });

  test("is read compressed, whatever the file is called", () => {
    expect(decodeMetadataFile(gzipSync(golden("v2.metadata.json")), "v2.metadata.json")).toEqual(v2);
  });

  test("is refused where a little gzip stands for more than any table has", () => {
    const sixteenMebibytes = gzipSync(new Uint8Array(16 * 1024 ** 2));
    const bomb = Buffer.concat(Array.from({ length: 17 }, () => sixteenMebibytes));
    expect(() => decodeMetadataFile(bomb, "m")).toThrow(
      expect.objectContaining({
        code: "METADATA_INVALID",
        cause: expect.objectContaining({ code: "ERR_BUFFER_TOO_LARGE" }),
      }),
    );
  });

  test("is written compressed when the table says so", () => {
    const compressed = { ...v2, properties: { "write.metadata.compression-codec": "gzip" } };
    expect(encodeMetadataFile(compressed)[0]).toBe(0x1f);
    expect(decodeMetadataFile(encodeMetadataFile(compressed), "m")).toEqual(compressed);
    expect(nextMetadataLocation(compressed, undefined, "u")).toBe(
      "file:///warehouse/trips/metadata/00000-u.gz.metadata.json",
    );
  });

  test("without refs has main where the current snapshot is", () => {
    const { refs } = v2With({ refs: undefined });
    expect(refs).toEqual({ main: { type: "branch", snapshotId: 9007199254740993021n } });
  });

  test("takes -1 as no current snapshot", () => {
    expect(v2With({ "current-snapshot-id": -1n, refs: {} })).not.toHaveProperty("currentSnapshotId");
  });

  test.each([
    ["format-version", 3n, "UNSUPPORTED", "format version 3 is not supported, only 1 and 2 are"],
    ["format-version", 4n, "UNSUPPORTED", "format version 4 is not supported, only 1 and 2 are"],
    ["current-schema-id", 7n, "METADATA_INVALID", "$: the current schema 7 is not among the schemas"],
    [
      "current-snapshot-id",
      7n,
      "METADATA_INVALID",
      "$: the current snapshot is 7, but main points at 9007199254740993021",
    ],
    [
      "snapshots",
      [],
      "METADATA_INVALID",
      '$: ref "main" points at snapshot 9007199254740993021, which the table does not have',
    ],
    ["location", null, "METADATA_INVALID", '$: "location" is missing'],
    ["last-updated-ms", "soon", "METADATA_INVALID", '$.last-updated-ms: expected a 64-bit integer, found "soon"'],
    ["properties", { a: 1n }, "METADATA_INVALID", "$.properties.a: expected a string, found 1"],
  ])("with a wrong %s is refused", (field, value, code, message) => {
    expect(() => v2With({ [field]: value })).toThrow(expect.objectContaining({ code, message }));
  });
});

describe("version 1 metadata", () => {
  test("is read from the fields that later versions replaced", () => {
    expect(v1.schemas).toHaveLength(1);
    expect(v1.currentSchemaId).toBe(0);
    expect(v1.partitionSpecs).toEqual([
      {
        specId: 0,
        fields: [{ sourceId: 1, fieldId: 1000, name: "x_bucket", transform: { kind: "bucket", buckets: 4 } }],
      },
    ]);
    expect(v1.lastPartitionId).toBe(1000);
    expect(v1.sortOrders).toEqual([{ orderId: 0, fields: [] }]);
    expect(v1.snapshots[0]).toMatchObject({ sequenceNumber: 0n, summary: { operation: "overwrite", properties: {} } });
  });

  test("is written so that readers of version 1 find what they look for", () => {
    const json = tableMetadataToJson(v1);
    expect(json).toHaveProperty("schema");
    expect(json).toHaveProperty("partition-spec");
    expect(json["last-sequence-number"]).toBeUndefined();
    expect(parseTableMetadata(new JsonReader(parseJson(stringifyJson(json))))).toEqual(v1);
  });
});

test("metadata files count up from the one before", () => {
  const next = (previous: string | undefined) => nextMetadataLocation(v2, previous, "u").split("/").at(-1);
  expect(next(undefined)).toBe("00000-u.metadata.json");
  expect(next("file:///w/t/metadata/00041-abc.metadata.json")).toBe("00042-u.metadata.json");
  expect(next("file:///w/t/metadata/v7.metadata.json")).toBe("00008-u.metadata.json");
  expect(next("file:///w/t/metadata/latest.json")).toBe("00000-u.metadata.json");
});
