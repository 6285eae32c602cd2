import { describe, expect, it } from "vitest";
import { AvroCursor } from "../avro/avro-cursor.ts";
import {
  arrayEncoding,
  booleanEncoding,
  intEncoding,
  longEncoding,
  optionalField,
  recordEncoding,
  requiredField,
  stringEncoding,
} from "../avro/avro-encodings.ts";
import { openContainer } from "../avro/container.ts";
import { writeContainer } from "../avro/write-container.ts";
import { partitionFieldId, sequenceNumber, snapshotId } from "../spec/ids.ts";
import type { ManifestFile } from "../spec/manifest.ts";
import { parseTransform } from "../spec/transform.ts";
import { goldenSchema, goldenSpec } from "../testing/golden.ts";
import { partitionValueReader } from "./partition-value.ts";
import { readManifestList } from "./read-manifest-list.ts";
import { withSequenceNumber, writeManifest } from "./write-manifest.ts";
import { writeManifestList } from "./write-manifest-list.ts";

const day = goldenSpec.fields.find(({ transform }) => transform.kind === "day");
const sourceId = day?.sourceId ?? goldenSchema.fields[0]?.id;
if (sourceId === undefined) throw new Error("the golden schema has no columns");
const spec = {
  specId: goldenSpec.specId,
  fields: [{ sourceId, fieldId: partitionFieldId(1000), name: "a day", transform: parseTransform("day") }],
};
const { bytes, manifest } = writeManifest({
  path: "m.avro",
  content: "data",
  snapshotId: snapshotId(5n),
  schema: goldenSchema,
  spec,
  entries: [],
});
const owner = { snapshotId: snapshotId(5n), parentSnapshotId: snapshotId(4n), sequenceNumber: sequenceNumber(9n) };
const listed = withSequenceNumber(manifest, owner.sequenceNumber);

const headerOf = (file: Uint8Array) =>
  Object.fromEntries([...openContainer(file).metadata].map(([key, value]) => [key, new TextDecoder().decode(value)]));

type Avro = string | readonly Avro[] | { readonly [key: string]: Avro | number | boolean | null };
type Named = { readonly [key: string]: Avro };

/** An Avro schema as lines: field id, name, and what is written; `?` for what may be null. */
function lines(type: Avro, indent = ""): string[] {
  if (typeof type === "string") return [type];
  if (Array.isArray(type)) {
    const [nothing, some] = type as readonly Avro[];
    expect(nothing).toBe("null");
    const [first, ...rest] = lines(some as Avro, indent);
    return [`${first}?`, ...rest];
  }
  const named = type as Named & { readonly logicalType?: string };
  const suffix = named.logicalType === undefined ? "" : ` (${named.logicalType})`;
  if (named["type"] === "array") {
    const [first, ...rest] = lines(named["items"] as Avro, indent);
    return [`array${suffix}${named["element-id"] === undefined ? "" : ` ${named["element-id"]}`} of ${first}`, ...rest];
  }
  if (named["type"] !== "record") return [`${named["type"]}${suffix}`];
  const fields = (named["fields"] as unknown as readonly Named[]).flatMap((field) => {
    const [first, ...rest] = lines(field["type"] as Avro, `${indent}  `);
    return [`${indent}  ${field["field-id"]} ${field["name"]}: ${first}`, ...rest];
  });
  return [`record ${named["name"]}`, ...fields];
}
const schemaOf = (file: Uint8Array): string =>
  lines(JSON.parse(headerOf(file)["avro.schema"] ?? "") as Avro).join("\n");

describe("what readers of other languages go by", () => {
  it("in a manifest: names, ids and the shape of maps", () => {
    expect(schemaOf(bytes)).toMatchInlineSnapshot(`
      "record manifest_entry
        0 status: int
        1 snapshot_id: long?
        3 sequence_number: long?
        4 file_sequence_number: long?
        2 data_file: record r2
          134 content: int
          100 file_path: string
          101 file_format: string
          102 partition: record r102
            1000 a_x20day: int (date)?
          103 record_count: long
          104 file_size_in_bytes: long
          108 column_sizes: array (map) of record k117_v118?
            117 key: int
            118 value: long
          109 value_counts: array (map) of record k119_v120?
            119 key: int
            120 value: long
          110 null_value_counts: array (map) of record k121_v122?
            121 key: int
            122 value: long
          137 nan_value_counts: array (map) of record k138_v139?
            138 key: int
            139 value: long
          125 lower_bounds: array (map) of record k126_v127?
            126 key: int
            127 value: bytes
          128 upper_bounds: array (map) of record k129_v130?
            129 key: int
            130 value: bytes
          132 split_offsets: array 133 of long?
          135 equality_ids: array 136 of int?
          140 sort_order_id: int?"
    `);
  });

  it("in a manifest: what its header says of it", () => {
    const header = headerOf(bytes);
    expect(Object.keys(header).sort()).toEqual([
      "avro.codec",
      "avro.schema",
      "content",
      "format-version",
      "partition-spec",
      "partition-spec-id",
      "schema",
      "schema-id",
    ]);
    expect(header).toMatchObject({
      content: "data",
      "format-version": "2",
      "partition-spec-id": "7",
      "schema-id": "3",
    });
    expect(JSON.parse(header["schema"] ?? "")).toMatchObject({ type: "struct", "schema-id": 3 });
    expect(JSON.parse(header["partition-spec"] ?? "")).toEqual([
      { "field-id": 1000, "source-id": sourceId, name: "a day", transform: "day" },
    ]);
  });

  it("in a manifest list: names and ids", () => {
    expect(schemaOf(writeManifestList(owner, [listed]))).toMatchInlineSnapshot(`
      "record manifest_file
        500 manifest_path: string
        501 manifest_length: long
        502 partition_spec_id: int
        517 content: int
        515 sequence_number: long
        516 min_sequence_number: long
        503 added_snapshot_id: long
        504 added_files_count: int
        505 existing_files_count: int
        506 deleted_files_count: int
        512 added_rows_count: long
        513 existing_rows_count: long
        514 deleted_rows_count: long
        507 partitions: array 508 of record r508?
          509 contains_null: boolean
          518 contains_nan: boolean?
          510 lower_bound: bytes?
          511 upper_bound: bytes?"
    `);
  });

  it("in a manifest list: what its header says of it", () => {
    const { "avro.schema": _, ...header } = headerOf(writeManifestList(owner, [listed]));
    expect(header).toEqual({
      "avro.codec": "deflate",
      "format-version": "2",
      "parent-snapshot-id": "4",
      "sequence-number": "9",
      "snapshot-id": "5",
    });
  });
});

describe("what we go by", () => {
  it("are the ids of fields, whatever their names: old writers had others", () => {
    const old = recordEncoding<ManifestFile>("manifest_file", [
      requiredField(500, "path", stringEncoding, (file) => file.manifestPath),
      requiredField(501, "length", longEncoding, (file) => file.manifestLength),
      requiredField(502, "spec", intEncoding, (file) => file.partitionSpecId),
      optionalField(503, "snapshot", longEncoding, (file) => file.addedSnapshotId),
      optionalField(504, "added_data_files_count", intEncoding, () => 3),
      optionalField(505, "existing_data_files_count", intEncoding, () => 2),
      optionalField(506, "deleted_data_files_count", intEncoding, () => 1),
      optionalField(512, "rows_added", longEncoding, () => 30n),
      optionalField(513, "rows_existing", longEncoding, () => 20n),
      optionalField(514, "rows_deleted", longEncoding, () => 10n),
      optionalField(
        507,
        "summaries",
        arrayEncoding(
          508,
          recordEncoding<boolean>("s", [requiredField(509, "nulls", booleanEncoding, (value) => value)]),
        ),
        () => [true],
      ),
    ]);
    expect(readManifestList(writeContainer(old, {}, [listed]))).toMatchObject([
      {
        ...{ manifestPath: "m.avro", partitionSpecId: 7, addedSnapshotId: 5n },
        ...{ content: "data", sequenceNumber: 0n, minSequenceNumber: 0n },
        counts: {
          addedFiles: 3,
          existingFiles: 2,
          deletedFiles: 1,
          addedRows: 30n,
          existingRows: 20n,
          deletedRows: 10n,
        },
        partitions: [{ containsNull: true }],
      },
    ]);
  });

  it("is no logical type where a day is an int: some writers leave it out", () => {
    for (const written of [{ kind: "int" }, { kind: "int", logicalType: "date" }] as const) {
      expect(partitionValueReader(written)(new AvroCursor(Uint8Array.of(20)))).toBe(10);
    }
  });
});
