import type { FileScanTask } from "../../scan/file-scan-task.ts";
import type { DataFile } from "../../spec/manifest.ts";

/**
 * Tells, while files are rewritten without the rows that deletes take out of them, which delete files have nothing left to
 * apply to. It has to know all files of the table at the beginning.
 */
export class SpentDeletes {
  /** By path: how many data files each delete file still applies to. */
  readonly #uses = new Map<string, number>();

  constructor(tasks: readonly FileScanTask[]) {
    for (const { filePath } of tasks.flatMap(({ deletes }) => deletes)) {
      this.#uses.set(filePath, (this.#uses.get(filePath) ?? 0) + 1);
    }
  }

  /** The delete files that apply to nothing any more once these files are gone. */
  rewritten(tasks: readonly FileScanTask[]): readonly DataFile[] {
    const spent = new Map<string, DataFile>();
    for (const file of tasks.flatMap(({ deletes }) => deletes)) {
      const left = (this.#uses.get(file.filePath) ?? 0) - 1;
      this.#uses.set(file.filePath, left);
      if (left === 0) spent.set(file.filePath, file);
    }
    return [...spent.values()];
  }
}
