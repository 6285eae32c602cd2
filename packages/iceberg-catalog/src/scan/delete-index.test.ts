import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fieldId, partitionFieldId, schemaId, sequenceNumber, snapshotId, specId } from "../spec/ids.ts";
import type { DataFile, FileContent, ManifestEntry } from "../spec/manifest.ts";
import { type PrimitiveType, parsePrimitive } from "../spec/types.ts";
import { encodeUtf8 } from "../spec/utf8.ts";
import { domains, fileOf, type Row, rowValues, schemaOf } from "../testing/naive-filter.ts";
import { dataFile } from "../testing/test-table.ts";
import { deleteIndex } from "./delete-index.ts";

const carrier = {
  sourceId: fieldId(2),
  fieldId: partitionFieldId(1000),
  name: "carrier",
  transform: { kind: "identity" },
} as const;
const specs = [
  { specId: specId(0), fields: [carrier] },
  { specId: specId(1), fields: [] },
  { specId: specId(2), fields: [carrier] },
];

const file = (content: fc.Arbitrary<FileContent>): fc.Arbitrary<DataFile> =>
  fc
    .record({ content, spec: fc.constantFrom(0, 1, 2), value: fc.constantFrom("AA", "BB", null) })
    .map(({ content: kind, spec, value }) => ({
      ...dataFile("x", "AA"),
      content: kind,
      specId: specId(spec),
      partition: spec === 1 ? [] : [value],
    }));

const sequence = fc.bigInt({ min: 1n, max: 4n }).map(sequenceNumber);
const entry = (content: fc.Arbitrary<FileContent>): fc.Arbitrary<ManifestEntry> =>
  fc.record({ file: file(content), number: sequence }).map(({ file: data, number }) => ({
    status: "added",
    snapshotId: snapshotId(1n),
    dataSequenceNumber: number,
    fileSequenceNumber: number,
    dataFile: data,
  }));

/** The specification's sentence, word for word, for one pair. */
function applies(del: ManifestEntry, data: ManifestEntry): boolean {
  const samePartition =
    del.dataFile.specId === data.dataFile.specId && del.dataFile.partition[0] === data.dataFile.partition[0];
  if (del.dataFile.content === "position-deletes") {
    return samePartition && data.dataSequenceNumber <= del.dataSequenceNumber;
  }
  const isGlobal = del.dataFile.specId === 1;
  return (isGlobal || samePartition) && data.dataSequenceNumber < del.dataSequenceNumber;
}

it("finds exactly the deletes that the specification says apply", () => {
  const deletes = fc.array(entry(fc.constantFrom("position-deletes", "equality-deletes")), { maxLength: 12 });
  fc.assert(
    fc.property(deletes, entry(fc.constant("data")), (candidates, data) => {
      const found = deleteIndex(candidates, { partitionSpecs: specs, schemas: [] }).deletesFor(
        data.dataFile,
        data.dataSequenceNumber,
      );
      const expected = candidates
        .filter((candidate) => applies(candidate, data))
        .map(({ dataFile: deletes, dataSequenceNumber }) => ({ ...deletes, dataSequenceNumber }));
      expect(new Set(found)).toEqual(new Set(expected));
      expect(found).toHaveLength(expected.length);
    }),
  );
});

const entryOf = (file: DataFile, age: bigint): ManifestEntry => ({
  status: "added",
  snapshotId: snapshotId(1n),
  dataSequenceNumber: sequenceNumber(age),
  fileSequenceNumber: sequenceNumber(age),
  dataFile: file,
});

describe.each(Object.keys(domains))("equality deletes on %s", (name) => {
  const type = parsePrimitive(name) as PrimitiveType;
  const values = fc.array(rowValues(name), { minLength: 1, maxLength: 3 });
  /** As the specification has it: null is null, NaN is NaN, and zeros are one value to engines that compare in SQL. */
  const isSame = (a: Row, b: Row) => Object.is(a, b) || (a === b && a === 0) || String(a) === String(b);

  it("are never left out where they delete a row", () => {
    fc.assert(
      fc.property(values, values, fc.boolean(), fc.boolean(), (rows, deleted, withCounts, deletedWithCounts) => {
        const del: DataFile = {
          ...fileOf(type, deleted, deletedWithCounts),
          content: "equality-deletes",
          equalityIds: [fieldId(1)],
        };
        const index = deleteIndex([entryOf(del, 2n)], { partitionSpecs: [], schemas: [schemaOf(type)] });
        const found = index.deletesFor(fileOf(type, rows, withCounts), sequenceNumber(1n));
        if (rows.some((row) => deleted.some((key) => isSame(row, key))))
          expect(found).toEqual([{ ...del, dataSequenceNumber: 2n }]);
      }),
      { numRuns: 300 },
    );
  });
});

describe("deletes are narrowed", () => {
  const int: PrimitiveType = { kind: "int" };
  const metadata = { partitionSpecs: [], schemas: [schemaOf(int)] };
  const equality = (...rows: Row[]): DataFile => ({
    ...fileOf(int, rows, true),
    content: "equality-deletes",
    equalityIds: [fieldId(1)],
  });
  const reached = (del: DataFile, data: DataFile, schemas = metadata.schemas) =>
    deleteIndex([entryOf(del, 2n)], { ...metadata, schemas }).deletesFor(data, sequenceNumber(1n)).length === 1;

  it("by the bounds of equality columns, with null equal to null", () => {
    expect(reached(equality(1, 2), fileOf(int, [3, 4], true))).toBe(false);
    expect(reached(equality(1, 3), fileOf(int, [3, 4], true))).toBe(true);
    expect(reached(equality(1, null), fileOf(int, [3, null], true))).toBe(true);
    expect(reached(equality(1, null), fileOf(int, [3, 4], true))).toBe(false);
    expect(reached(equality(null), fileOf(int, [3, 4], true))).toBe(false);
    expect(reached(equality(3), fileOf(int, [null], true))).toBe(false);
  });

  it("also where the column was widened since, or is not known any more", () => {
    const widened = { ...schemaOf({ kind: "long" }), schemaId: schemaId(1) };
    const long = fileOf({ kind: "long" }, [2n ** 40n], true);
    expect(reached(equality(1, 2), long, [widened, schemaOf(int)])).toBe(false);
    expect(reached(equality(1, 2), fileOf(int, [3, 4], true), [])).toBe(true);
  });

  const positions = (lower: string, upper: string): DataFile => ({
    ...dataFile("p", "AA"),
    content: "position-deletes",
    lowerBounds: new Map([[fieldId(2147483546), encodeUtf8(lower)]]),
    upperBounds: new Map([[fieldId(2147483546), encodeUtf8(upper)]]),
  });
  const [a, b] = [dataFile("a", "AA"), dataFile("b", "AA")];

  it("by the paths that position deletes name", () => {
    expect(reached(positions(a.filePath, a.filePath), a)).toBe(true);
    expect(reached(positions(a.filePath, a.filePath), b)).toBe(false);
    expect(reached(positions(a.filePath, a.filePath), { ...a, partition: ["BB"] })).toBe(false);
    expect(reached(positions(a.filePath, b.filePath), a)).toBe(true);
    expect(reached(positions(a.filePath, b.filePath), dataFile("c", "AA"))).toBe(false);
    expect(reached({ ...dataFile("p", "AA"), content: "position-deletes" }, b)).toBe(true);
  });

  it("by paths that were cut off, as bounds are", () => {
    expect(reached(positions("memory://delays/", "memory://delays0"), a)).toBe(true);
    expect(reached(positions("memory://other/", "memory://other0"), a)).toBe(false);
  });
});
