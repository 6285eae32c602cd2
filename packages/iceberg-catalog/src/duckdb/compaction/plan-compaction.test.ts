import { describe, expect, it } from "vitest";
import type { FileScanTask } from "../../scan/file-scan-task.ts";
import { specId } from "../../spec/ids.ts";
import { planCompaction } from "./plan-compaction.ts";

const task = (name: string, partition: string, size: number, deletes = 0, spec = 1) =>
  ({
    dataFile: { filePath: name, specId: specId(spec), partition: [partition], fileSizeInBytes: BigInt(size) },
    deletes: Array.from({ length: deletes }, () => ({})),
  }) as unknown as FileScanTask;

const target = { targetFileSizeBytes: 100 };
const plan = (tasks: readonly FileScanTask[], policy: object = {}) =>
  planCompaction(tasks, specId(1), { ...target, ...policy }).map(({ tasks: files }) =>
    files.map(({ dataFile }) => dataFile.filePath).join(" "),
  );

describe("compaction rewrites", () => {
  const small = (count: number, partition: string) =>
    Array.from({ length: count }, (_, index) => task(`${partition}${index}`, partition, 10));

  it("many small files of a partition together, and leaves few of them alone", () => {
    expect(plan([...small(5, "a"), ...small(4, "b")])).toEqual(["a0 a1 a2 a3 a4"]);
    expect(plan(small(2, "a"), { minInputFiles: 2 })).toEqual(["a0 a1"]);
  });

  it("few files that together are more than a file should be", () => {
    expect(plan([task("a", "p", 60), task("b", "p", 60)])).toEqual(["a b"]);
  });

  it("no file that is about as large as it should be", () => {
    expect(plan([task("a", "p", 75), task("b", "p", 180)], { minInputFiles: 1 })).toEqual([]);
  });

  it("a single small file never, a single far too large one always", () => {
    expect(plan([task("a", "p", 10)], { minInputFiles: 1 })).toEqual([]);
    expect(plan([task("a", "p", 181)])).toEqual(["a"]);
  });

  it("a file with many deletes, and files of older specs, whatever their partition", () => {
    expect(plan([task("a", "p", 100, 5), task("b", "p", 100, 4)])).toEqual(["a"]);
    expect(plan([task("a", "p", 100, 0, 0), task("b", "q", 100, 0, 0)])).toEqual(["a b"]);
  });

  it("everything when asked to, in groups that are not too large", () => {
    const files = [task("a", "p", 100), task("b", "p", 100), task("c", "q", 100)];
    expect(plan(files, { rewriteAll: true })).toEqual(["a b", "c"]);
    expect(plan(files, { rewriteAll: true, maxGroupBytes: 150 })).toEqual(["a", "b", "c"]);
  });
});
