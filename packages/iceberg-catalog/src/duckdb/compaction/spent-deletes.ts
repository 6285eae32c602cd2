import { EntryScanner } from "../../scan/entry-scanner.ts";
import type { FileScanTask } from "../../scan/file-scan-task.ts";
import { manifestsOf } from "../../scan/scan-source.ts";
import type { DataFile, ManifestFile } from "../../spec/manifest.ts";
import type { Snapshot } from "../../spec/snapshot.ts";
import type { Table } from "../../table.ts";

/**
 * Tells, while files are rewritten without the rows that deletes take out of them, which delete files have nothing left to
 * apply to. It has to know all files of the table at the beginning. What comes later is newer than these deletes, which
 * never reach it.
 */
export class SpentDeletes {
  /** By path: how many data files each delete file still applies to. */
  readonly #uses = new Map<string, number>();
  /** Those that reached nothing in the first place, until they are told. */
  #unused: readonly DataFile[];

  constructor(tasks: readonly Pick<FileScanTask, "deletes">[], deletes: readonly DataFile[]) {
    for (const { filePath } of tasks.flatMap((task) => task.deletes)) {
      this.#uses.set(filePath, (this.#uses.get(filePath) ?? 0) + 1);
    }
    this.#unused = deletes.filter(({ filePath }) => !this.#uses.has(filePath));
  }

  /** Whether some delete file reaches nothing, even where nothing is rewritten. */
  get hasUnused(): boolean {
    return this.#unused.length > 0;
  }

  /** The delete files that apply to nothing any more once these files are gone, but for those that were told before. */
  rewritten(tasks: readonly Pick<FileScanTask, "deletes">[]): readonly DataFile[] {
    const spent = new Map(this.#unused.map((file) => [file.filePath, file]));
    this.#unused = [];
    for (const file of tasks.flatMap(({ deletes }) => deletes)) {
      const left = (this.#uses.get(file.filePath) ?? 0) - 1;
      this.#uses.set(file.filePath, left);
      if (left === 0) spent.set(file.filePath, file);
    }
    return [...spent.values()];
  }
}

/** Every delete file that a snapshot lists. */
export async function listedDeletes(table: Table, snapshot: Snapshot): Promise<readonly DataFile[]> {
  const manifests: ManifestFile[] = [];
  for (const manifest of await manifestsOf(table.io, snapshot)) {
    if (manifest.content === "deletes") manifests.push(manifest);
  }
  const entries = await new EntryScanner(table, table.schema, new Set()).collect(
    manifests,
    ({ status }) => status !== "deleted",
  );
  return entries.map(({ dataFile }) => dataFile);
}
