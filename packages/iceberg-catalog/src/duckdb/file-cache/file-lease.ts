import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { FileIO } from "../../io/file-io.ts";
import type { DataFile } from "../../spec/manifest.ts";
import type { FileCache } from "./file-cache.ts";

/** Data files on this machine, as long as somebody reads them: files of this machine themselves, copies of the others. */
export class FileLease implements AsyncDisposable {
  readonly #cache: FileCache;
  readonly #directory: string;
  readonly #paths = new Map<string, Promise<string>>();
  /** Names are given out once: a copy that failed leaves its behind. */
  #copies = 0;

  constructor(cache: FileCache, directory: string) {
    this.#cache = cache;
    this.#directory = directory;
  }

  /** Where to read the file. @throws IcebergError `FILE_NOT_FOUND`, and what else the FileIO throws */
  pathOf(io: FileIO, file: DataFile): Promise<string> {
    const own = io.localPath(file.filePath);
    if (own !== undefined) return Promise.resolve(own);
    const known = this.#paths.get(file.filePath) ?? this.#copy(io, file, ++this.#copies);
    this.#paths.set(file.filePath, known);
    known.catch(() => this.#paths.delete(file.filePath));
    return known;
  }

  async #copy(io: FileIO, file: DataFile, index: number): Promise<string> {
    await mkdir(this.#directory, { recursive: true });
    const path = join(this.#directory, `${index}.parquet`);
    await this.#cache.provide(io, file, path);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#paths.size > 0) await rm(this.#directory, { recursive: true, force: true });
  }
}
