import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deleteIndex } from "../../scan/delete-index.ts";
import type { DeleteFile, FileScanTask } from "../../scan/file-scan-task.ts";
import { fieldId, partitionFieldId, sequenceNumber, snapshotId, specId } from "../../spec/ids.ts";
import type { DataFile, FileContent, ManifestEntry } from "../../spec/manifest.ts";
import { SpentDeletes } from "./spent-deletes.ts";

const fileNamed = (filePath: string) => ({ filePath }) as DeleteFile;
const task = (...deletes: readonly string[]): Pick<FileScanTask, "deletes"> => ({ deletes: deletes.map(fileNamed) });
const paths = (files: readonly DataFile[]) => files.map(({ filePath }) => filePath);

describe("a delete file is spent", () => {
  it("once every data file that it applies to was rewritten, and not before", () => {
    const tasks = [task("shared", "own"), task("shared"), task()] as const;
    const spent = new SpentDeletes(tasks, []);
    expect(paths(spent.rewritten([tasks[0]]))).toEqual(["own"]);
    expect(spent.rewritten([tasks[2]])).toEqual([]);
    expect(paths(spent.rewritten([tasks[1]]))).toEqual(["shared"]);
  });

  it("when all of them are rewritten in one stroke, and is told once", () => {
    const tasks = [task("shared"), task("shared")];
    expect(paths(new SpentDeletes(tasks, [fileNamed("shared")]).rewritten(tasks))).toEqual(["shared"]);
  });

  it("where it reaches nothing, whether or not anything is rewritten; that is told once", () => {
    const spent = new SpentDeletes([task("used")], ["used", "unused"].map(fileNamed));
    expect(spent.hasUnused).toBe(true);
    expect(paths(spent.rewritten([]))).toEqual(["unused"]);
    expect([spent.hasUnused, spent.rewritten([])]).toEqual([false, []]);
  });
});

const byPart = {
  specId: specId(1),
  fields: [
    { sourceId: fieldId(1), fieldId: partitionFieldId(1000), name: "p", transform: { kind: "identity" as const } },
  ],
};
const unpartitioned = { specId: specId(0), fields: [] };
const place = fc.constantFrom(
  { specId: specId(0), partition: [] },
  ...["a", "b"].map((part) => ({ specId: specId(1), partition: [part] })),
);
const listed = fc.record({
  place,
  sequence: fc.bigInt(1n, 6n),
  content: fc.constantFrom("position-deletes", "equality-deletes"),
});

it("in any history, exactly the delete files go that reach no file that was left as it was", () => {
  const property = fc.property(
    fc.array(fc.record({ place, sequence: fc.bigInt(1n, 6n) }), { maxLength: 6 }),
    fc.array(listed, { maxLength: 6 }),
    fc.array(fc.array(fc.nat(5), { maxLength: 3 }), { maxLength: 4 }),
    (data, deletes, batches) => {
      const dataFiles = data.map(({ place: at, sequence }, i) => ({ ...at, sequence, filePath: `data-${i}` }));
      const deleteFiles = deletes.map(({ place: at, sequence, content }, i) => ({
        file: {
          ...at,
          content: content as FileContent,
          filePath: `delete-${i}`,
          equalityIds: [],
        } as unknown as DataFile,
        sequence,
      }));
      const entries = deleteFiles.map(
        ({ file, sequence }): ManifestEntry => ({
          status: "added",
          snapshotId: snapshotId(1n),
          dataSequenceNumber: sequenceNumber(sequence),
          fileSequenceNumber: sequenceNumber(sequence),
          dataFile: file,
        }),
      );
      const index = deleteIndex(entries, { partitionSpecs: [unpartitioned, byPart], schemas: [] });
      const tasks = dataFiles.map((file) => ({
        deletes: index.deletesFor({ ...file, recordCount: 1n } as unknown as DataFile, sequenceNumber(file.sequence)),
      }));
      const spent = new SpentDeletes(
        tasks,
        deleteFiles.map(({ file }) => file),
      );
      const left = new Set(dataFiles.keys());
      const gone: string[] = [];
      for (const batch of [...batches, []]) {
        const taken = [...new Set(batch)].filter((i) => left.delete(i));
        gone.push(...paths(spent.rewritten(taken.map((i) => tasks[i] as (typeof tasks)[number]))));
        const reachesSome = ({ file, sequence }: (typeof deleteFiles)[number]) =>
          [...left].some((i) => {
            const target = dataFiles[i] as (typeof dataFiles)[number];
            const isEquality = file.content === "equality-deletes";
            const isThere = target.specId === file.specId && String(target.partition) === String(file.partition);
            const isOldEnough = isEquality ? target.sequence < sequence : target.sequence <= sequence;
            return isOldEnough && (isThere || (isEquality && file.specId === specId(0)));
          });
        const expected = deleteFiles.filter((each) => !reachesSome(each)).map(({ file }) => file.filePath);
        expect([...gone].sort()).toEqual(expected.sort());
      }
    },
  );
  fc.assert(property, { numRuns: 500 });
});
