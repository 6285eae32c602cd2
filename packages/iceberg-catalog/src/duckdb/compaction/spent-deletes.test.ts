import { describe, expect, it } from "vitest";
import type { FileScanTask } from "../../scan/file-scan-task.ts";
import { SpentDeletes } from "./spent-deletes.ts";

const task = (...deletes: readonly string[]) =>
  ({ deletes: deletes.map((filePath) => ({ filePath })) }) as unknown as FileScanTask;

describe("a delete file is spent", () => {
  it("once every data file that it applies to was rewritten, and not before", () => {
    const tasks = [task("shared", "own"), task("shared"), task()] as const;
    const spent = new SpentDeletes(tasks);
    expect(spent.rewritten([tasks[0]]).map(({ filePath }) => filePath)).toEqual(["own"]);
    expect(spent.rewritten([tasks[2]])).toEqual([]);
    expect(spent.rewritten([tasks[1]]).map(({ filePath }) => filePath)).toEqual(["shared"]);
  });

  it("when all of them are rewritten in one stroke, and is told once", () => {
    const tasks = [task("shared"), task("shared")];
    expect(new SpentDeletes(tasks).rewritten(tasks).map(({ filePath }) => filePath)).toEqual(["shared"]);
  });
});
