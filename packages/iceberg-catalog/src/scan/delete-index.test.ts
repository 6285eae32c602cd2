import fc from "fast-check";
import { expect, it } from "vitest";
import { fieldId, partitionFieldId, sequenceNumber, snapshotId, specId } from "../spec/ids.ts";
import type { DataFile, FileContent, ManifestEntry } from "../spec/manifest.ts";
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
      const found = deleteIndex(candidates, specs).deletesFor(data.dataFile, data.dataSequenceNumber);
      const expected = candidates
        .filter((candidate) => applies(candidate, data))
        .map((candidate) => candidate.dataFile);
      expect(new Set(found)).toEqual(new Set(expected));
      expect(found).toHaveLength(expected.length);
    }),
  );
});
