import { mkdir, mkdtemp, open, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileIO } from "../../io/file-io.ts";
import { localFileIO } from "../../io/local.ts";

/** A folder on this machine that DuckDB writes files into, which belong somewhere in a FileIO. */
export interface OutputFolder {
  readonly path: string;
  /** Where a file of this name belongs. */
  locationOf(name: string): string;
  /** Makes a file that was written durable at its location. */
  publish(name: string): Promise<void>;
  /** Takes away again what was written under names that begin so; what cannot be deleted is an orphan for maintenance. */
  remove(prefix: string): Promise<void>;
  close(): Promise<void>;
}

/** Prepares a folder: the files' own where they all belong into one on this machine, else a temporary one. */
export async function openOutputFolder(io: FileIO, locationOf: OutputFolder["locationOf"]): Promise<OutputFolder> {
  const path = io.localPath(folderOf(locationOf("a")));
  const isOneFolder = folderOf(locationOf("a")) === folderOf(locationOf("b"));
  return path !== undefined && isOneFolder ? localFolder(path, locationOf) : uploadedFolder(io, locationOf);
}

const folderOf = (location: string): string => location.slice(0, location.lastIndexOf("/"));

async function localFolder(path: string, locationOf: OutputFolder["locationOf"]): Promise<OutputFolder> {
  await mkdir(path, { recursive: true });
  return {
    path,
    locationOf,
    publish: (name) => syncFile(join(path, name)),
    remove: async (prefix) => {
      const names = (await readdir(path)).filter((name) => name.startsWith(prefix));
      await Promise.allSettled(names.map((name) => rm(join(path, name), { force: true })));
    },
    close: async () => {},
  };
}

async function uploadedFolder(io: FileIO, locationOf: OutputFolder["locationOf"]): Promise<OutputFolder> {
  const path = await mkdtemp(join(tmpdir(), "icecore-"));
  const published: string[] = [];
  return {
    path,
    locationOf,
    publish: async (name) => {
      published.push(name);
      await upload(io, locationOf(name), join(path, name));
      await rm(join(path, name));
    },
    remove: async (prefix) => {
      const names = published.filter((name) => name.startsWith(prefix));
      await Promise.allSettled(names.map((name) => io.delete(locationOf(name))));
    },
    close: () => rm(path, { recursive: true, force: true }),
  };
}

/** Files are as large as a table wants them, and memory need not be. */
async function upload(io: FileIO, location: string, path: string): Promise<void> {
  const { size } = await stat(path);
  const local = localFileIO();
  await io.write(location, { size, read: (range) => local.read(path, range) });
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
