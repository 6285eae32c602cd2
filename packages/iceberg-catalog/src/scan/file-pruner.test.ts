import { describe, expect, it } from "vitest";
import { bind } from "../expr/bind.ts";
import {
  and,
  equalTo,
  greaterThan,
  isIn,
  isNan,
  isNull,
  lessThanOrEqual,
  not,
  notEqualTo,
  notIn,
  notNan,
  notNull,
  notStartsWith,
  or,
  type Predicate,
  startsWith,
} from "../expr/predicate.ts";
import { fieldId, partitionFieldId, schemaId, sequenceNumber, snapshotId, specId } from "../spec/ids.ts";
import type { DataFile, Datum, ManifestFile } from "../spec/manifest.ts";
import type { PartitionSpec } from "../spec/partition-spec.ts";
import type { Schema } from "../spec/schema.ts";
import { parseTransform } from "../spec/transform.ts";
import { encodeValue } from "../spec/values.ts";
import { dataFile } from "../testing/test-table.ts";
import { filePruner } from "./file-pruner.ts";

const schema: Schema = {
  schemaId: schemaId(0),
  identifierFieldIds: [],
  fields: [
    { id: fieldId(1), name: "id", required: true, type: { kind: "long" } },
    { id: fieldId(2), name: "carrier", required: false, type: { kind: "string" } },
    { id: fieldId(3), name: "delay", required: false, type: { kind: "double" } },
  ],
};

/** A table that was partitioned by carrier, then by its first letter, then not at all. */
const specs: readonly PartitionSpec[] = ["identity", "truncate[1]"].map((transform, i) => ({
  specId: specId(i),
  fields: [
    {
      sourceId: fieldId(2),
      fieldId: partitionFieldId(1000 + i),
      name: `carrier_${i}`,
      transform: parseTransform(transform),
    },
  ],
}));
const unpartitioned: PartitionSpec = { specId: specId(2), fields: [] };

const prunerOf = (filter: Predicate) => filePruner(bind(filter, schema), [...specs, unpartitioned]);
const fileOf = (spec: number, ...partition: (Datum | null)[]): DataFile => ({
  ...dataFile("x", null, 1n, 9n),
  specId: specId(spec),
  partition,
});

function manifestOf(spec: number, from: string, to: string): ManifestFile {
  const text = (value: string) => encodeValue({ kind: "string" }, value);
  return {
    manifestPath: "m",
    manifestLength: 1n,
    partitionSpecId: specId(spec),
    content: "data",
    sequenceNumber: sequenceNumber(1n),
    minSequenceNumber: sequenceNumber(1n),
    addedSnapshotId: snapshotId(1n),
    partitions: [{ containsNull: false, lowerBound: text(from), upperBound: text(to) }],
  };
}

describe("pruning asks every file through its own spec", () => {
  const pruner = prunerOf(equalTo("carrier", "AB"));

  it("for files", () => {
    expect(pruner.keepsFile(fileOf(0, "AB"))).toBe(true);
    expect(pruner.keepsFile(fileOf(0, "A"))).toBe(false);
    expect(pruner.keepsFile(fileOf(1, "A"))).toBe(true);
    expect(pruner.keepsFile(fileOf(1, "AB"))).toBe(false);
    expect(pruner.keepsFile(fileOf(2))).toBe(true);
    expect(pruner.keepsFile(fileOf(9, "of a spec that nobody knows"))).toBe(true);
  });

  it("for manifests", () => {
    expect(pruner.keepsManifest(manifestOf(0, "AA", "AC"))).toBe(true);
    expect(pruner.keepsManifest(manifestOf(0, "A", "A"))).toBe(false);
    expect(pruner.keepsManifest(manifestOf(1, "A", "A"))).toBe(true);
    expect(pruner.keepsManifest(manifestOf(1, "B", "C"))).toBe(false);
  });

  it("and gives what each leaves open", () => {
    expect(pruner.residualOf(fileOf(0, "AB"))).toEqual({ op: "true" });
    expect(pruner.residualOf(fileOf(1, "A"))).toEqual(equalTo("carrier", "AB"));
    expect(pruner.residualOf(fileOf(2))).toEqual(equalTo("carrier", "AB"));
    const both = prunerOf(and(equalTo("carrier", "AB"), greaterThan("id", 0n)));
    expect(both.residualOf(fileOf(0, "AB"))).toEqual(greaterThan("id", 0n));
  });
});

describe("every kind of predicate prunes partitions", () => {
  it.each<[string, Predicate, keep: (string | null)[], prune: (string | null)[]]>([
    ["not equal", notEqualTo("carrier", "AA"), ["BB"], ["AA", null]],
    ["in", isIn("carrier", ["AA", "BB"]), ["AA", "BB"], ["CC", null]],
    ["in nothing", isIn("carrier", []), [], ["AA", null]],
    ["not in", notIn("carrier", ["AA", "BB"]), ["CC"], ["AA", "BB", null]],
    ["starts with", startsWith("carrier", "A"), ["A", "AB"], ["BA", "", null]],
    ["does not start with", notStartsWith("carrier", "A"), ["BA", ""], ["A", "AB", null]],
    ["is null", isNull("carrier"), [null], ["AA"]],
    ["is not null", notNull("carrier"), ["AA"], [null]],
    ["or", or(equalTo("carrier", "AA"), isNull("carrier")), ["AA", null], ["BB"]],
    ["or of nothing", or(), [], ["AA", null]],
    ["not", not(or(equalTo("carrier", "AA"), equalTo("carrier", "BB"))), ["CC"], ["AA", "BB", null]],
  ])("%s", (_, filter, keep, prune) => {
    const pruner = prunerOf(filter);
    for (const carrier of keep) expect(pruner.keepsFile(fileOf(0, carrier)), `${carrier}`).toBe(true);
    for (const carrier of prune) expect(pruner.keepsFile(fileOf(0, carrier)), `${carrier}`).toBe(false);
  });
});

it("NaN is asked for by counts", () => {
  const counted = (nans: bigint): DataFile => ({
    ...fileOf(2),
    valueCounts: new Map([[fieldId(3), 10n]]),
    nullValueCounts: new Map([[fieldId(3), 0n]]),
    nanValueCounts: new Map([[fieldId(3), nans]]),
  });
  expect(prunerOf(isNan("delay")).keepsFile(counted(0n))).toBe(false);
  expect(prunerOf(isNan("delay")).keepsFile(counted(1n))).toBe(true);
  expect(prunerOf(notNan("delay")).keepsFile(counted(10n))).toBe(false);
  expect(prunerOf(notNan("delay")).residualOf(counted(0n))).toEqual({ op: "true" });
  expect(prunerOf(isNan("delay")).keepsFile(fileOf(2))).toBe(true);
});

it("statistics that are missing are unknown: nothing is pruned by them, nothing promised", () => {
  const { lowerBounds, upperBounds, ...bare } = fileOf(2);
  const pruner = prunerOf(lessThanOrEqual("id", 9n));
  expect(
    pruner.residualOf({ ...bare, lowerBounds, upperBounds, nullValueCounts: new Map([[fieldId(1), 0n]]) }),
  ).toEqual({
    op: "true",
  });
  expect(pruner.keepsFile(bare)).toBe(true);
  expect(pruner.residualOf(bare)).toEqual(lessThanOrEqual("id", 9n));
});
