import { mkdir, mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { FileIO } from "../../io/file-io.ts";
import { localPath } from "../../io/local.ts";

/** A file that DuckDB writes on this machine and that belongs at a location of a FileIO. */
export interface OutputFile {
  /** Where DuckDB writes. */
  readonly path: string;
  /** Makes the file durable at its location. */
  finish(): Promise<void>;
  /** Takes the file away again, written or not. */
  remove(): Promise<void>;
}

/** Prepares the place for a file: the location itself where it is a local path, else a temporary file to upload. */
export async function openOutputFile(io: FileIO, location: string): Promise<OutputFile> {
  const path = localPath(location);
  return path === undefined ? uploadedFile(io, location) : localFile(path);
}

async function localFile(path: string): Promise<OutputFile> {
  await mkdir(dirname(path), { recursive: true });
  return {
    path,
    finish: () => syncFile(path),
    remove: () => rm(path, { force: true }),
  };
}

async function uploadedFile(io: FileIO, location: string): Promise<OutputFile> {
  const directory = await mkdtemp(join(tmpdir(), "icecore-"));
  const path = join(directory, "data.parquet");
  const dropTemporary = () => rm(directory, { recursive: true, force: true });
  return {
    path,
    async finish() {
      await io.write(location, await readFile(path));
      await dropTemporary();
    },
    async remove() {
      await dropTemporary();
      await io.delete(location);
    },
  };
}

/** A commit must not name a file that a power cut can still empty. */
async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
