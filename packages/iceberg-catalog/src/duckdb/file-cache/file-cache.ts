import { createHash } from "node:crypto";
import { link, mkdir, readdir, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IcebergError } from "../../errors.ts";
import type { FileIO } from "../../io/file-io.ts";
import { fromSystemError } from "../../io/io-error.ts";
import type { DataFile } from "../../spec/manifest.ts";
import { download } from "./download.ts";
import { FileLease } from "./file-lease.ts";
import { isAbandoned, leaseName } from "./lease-name.ts";

export interface FileCacheOptions {
  /** Default: `icecore-data-files` in the system's temporary directory. */
  readonly directory?: string | undefined;
  /** What the copies may take, but for those that are in use. Default: 10 GiB. */
  readonly maxBytes?: number | undefined;
}

const defaultMaxBytes = 10 * 1024 ** 3;

/**
 * Copies of remote data files on this machine. Files are immutable, so a copy is right for ever; the ones that were not
 * used for longest go first. Processes share a directory: what one uses is linked into a folder of its own, so that another
 * can drop it from the cache without taking it away.
 */
export class FileCache {
  readonly #directory: string;
  readonly #maxBytes: number;
  /** Downloads that are under way, by name. */
  readonly #downloads = new Map<string, Promise<void>>();

  constructor({ directory = join(tmpdir(), "icecore-data-files"), maxBytes = defaultMaxBytes }: FileCacheOptions = {}) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
  }

  /** A holder of files: they stay readable until it is disposed of. */
  lease(): FileLease {
    return new FileLease(this, join(this.#directory, "leases", leaseName()));
  }

  /** Copies the file where it is not there yet, and links it to `path`. */
  async provide(io: FileIO, file: DataFile, path: string): Promise<void> {
    const name = nameOf(file);
    const cached = join(this.#directory, "files", name);
    // Between finding a copy and linking to it, another process may have dropped it.
    for (let attempt = 1; attempt <= 5; attempt++) {
      if (await linkTo(cached, path)) {
        if (attempt > 1) await this.#shrink();
        return;
      }
      await this.#downloadOnce(io, file, name, cached);
    }
    throw new IcebergError(
      "IO_FAILED",
      `${file.filePath}: its copy in ${this.#directory} is dropped as soon as it is made; give the cache more room`,
    );
  }

  async #downloadOnce(io: FileIO, file: DataFile, name: string, cached: string): Promise<void> {
    const underWay = this.#downloads.get(name) ?? this.#download(io, file, cached);
    this.#downloads.set(name, underWay);
    try {
      await underWay;
    } finally {
      this.#downloads.delete(name);
    }
  }

  async #download(io: FileIO, { filePath, fileSizeInBytes }: DataFile, cached: string): Promise<void> {
    await mkdir(join(this.#directory, "files"), { recursive: true });
    await this.#dropLeases();
    await download(io, filePath, Number(fileSizeInBytes), cached);
  }

  /** Drops what was used least recently, down to the size that copies may take. */
  async #shrink(): Promise<void> {
    const folder = join(this.#directory, "files");
    const found = await Promise.all(
      (await readdir(folder)).map(async (name) => {
        const facts = await stat(join(folder, name)).catch(() => undefined);
        // Downloads that are under way belong to those who run them.
        return facts === undefined || name.endsWith(".tmp") ? [] : [{ name, size: facts.size, usedAt: facts.mtimeMs }];
      }),
    );
    const copies = found.flat().sort((a, b) => a.usedAt - b.usedAt);
    let total = copies.reduce((sum, { size }) => sum + size, 0);
    for (const { name, size } of copies) {
      if (total <= this.#maxBytes) return;
      await rm(join(folder, name), { force: true });
      total -= size;
    }
  }

  /** Leases of processes that have ended without giving them back. */
  async #dropLeases(): Promise<void> {
    const folder = join(this.#directory, "leases");
    for (const name of await readdir(folder).catch(() => [])) {
      if (isAbandoned(name)) await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}

/** Locations are no file names; the size keeps apart what should never be: two files under one location. */
function nameOf({ filePath, fileSizeInBytes }: DataFile): string {
  const hash = createHash("sha256").update(`${filePath}\n${fileSizeInBytes}`).digest("hex");
  return `${hash.slice(0, 40)}.parquet`;
}

async function linkTo(cached: string, path: string): Promise<boolean> {
  try {
    await link(cached, path);
    const now = new Date();
    await utimes(cached, now, now).catch(() => {});
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return false;
    throw fromSystemError(error, path);
  }
}
