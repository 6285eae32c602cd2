import { mkdir, mkdtemp, open, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileIO } from "../../io/file-io.ts";
import { localPath } from "../../io/local.ts";

/** A folder on this machine that DuckDB writes files into, which belong into a folder of a FileIO. */
export interface OutputFolder {
  readonly path: string;
  readonly location: string;
  /** Makes a file that was written durable at its location. */
  publish(name: string): Promise<void>;
  /** Takes away again what was written under names that begin so; what cannot be deleted is an orphan for maintenance. */
  remove(prefix: string): Promise<void>;
  close(): Promise<void>;
}

/** Prepares a folder: the location itself where it is a local path, else a temporary one to upload from. */
export async function openOutputFolder(io: FileIO, location: string): Promise<OutputFolder> {
  const path = localPath(location);
  return path === undefined ? uploadedFolder(io, location) : localFolder(location, path);
}

async function localFolder(location: string, path: string): Promise<OutputFolder> {
  await mkdir(path, { recursive: true });
  return {
    path,
    location,
    publish: (name) => syncFile(join(path, name)),
    remove: async (prefix) => {
      const names = (await readdir(path)).filter((name) => name.startsWith(prefix));
      await Promise.allSettled(names.map((name) => rm(join(path, name), { force: true })));
    },
    close: async () => {},
  };
}

async function uploadedFolder(io: FileIO, location: string): Promise<OutputFolder> {
  const path = await mkdtemp(join(tmpdir(), "icecore-"));
  const published: string[] = [];
  return {
    path,
    location,
    publish: async (name) => {
      published.push(name);
      await io.write(`${location}/${name}`, await readFile(join(path, name)));
      await rm(join(path, name));
    },
    remove: async (prefix) => {
      const names = published.filter((name) => name.startsWith(prefix));
      await Promise.allSettled(names.map((name) => io.delete(`${location}/${name}`)));
    },
    close: () => rm(path, { recursive: true, force: true }),
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
