import { readFileSync } from "node:fs";
import { fieldId, partitionFieldId, schemaId, specId } from "../spec/ids.ts";
import type { PartitionSpec } from "../spec/partition-spec.ts";
import type { Schema } from "../spec/schema.ts";
import { parseTransform } from "../spec/transform.ts";
import { type PrimitiveType, parsePrimitive } from "../spec/types.ts";

const read = (name: string): Buffer => readFileSync(new URL(`./golden/${name}`, import.meta.url));

const codecs = ["null", "deflate", "snappy", "zstandard"] as const;

/** The same manifest as fastavro wrote it with each codec, a block for each row (`golden/codecs.py`). */
export const goldenByCodec = codecs.map((codec) => [codec, read(`manifest-${codec}.avro`)] as const);

/** What PyIceberg wrote, and what it reads in it (`golden/generate.py`). */
export const golden = {
  manifest: read("manifest.avro"),
  manifestList: read("manifest-list.avro"),
  expected: JSON.parse(read("expected.json").toString()) as GoldenExpectation,
};

interface GoldenExpectation {
  readonly manifestList: Readonly<Record<string, unknown>>;
  readonly partitionFields: readonly (readonly [name: string, transform: string, sourceId: number])[];
  readonly columns: readonly (readonly [name: string, type: string])[];
  readonly values: readonly unknown[];
  readonly entries: readonly Readonly<Record<string, unknown>>[];
}

export const goldenSchema: Schema = {
  schemaId: schemaId(3),
  identifierFieldIds: [],
  fields: golden.expected.columns.map(([name, type], i) => ({
    id: fieldId(i + 1),
    name,
    required: false,
    type: parsePrimitive(type) as PrimitiveType,
  })),
};

export const goldenSpec: PartitionSpec = {
  specId: specId(7),
  fields: golden.expected.partitionFields.map(([name, transform, sourceId], i) => ({
    sourceId: fieldId(sourceId),
    fieldId: partitionFieldId(1000 + i),
    name,
    transform: parseTransform(transform),
  })),
};
