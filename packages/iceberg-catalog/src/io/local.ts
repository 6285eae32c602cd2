import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, link, lstat, mkdir, open, opendir, readFile, realpath, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { IcebergError, isIcebergError } from "../errors.ts";
import { byteSource } from "./byte-source.ts";
import { type ByteRange, type FileIO, folderPrefix, type ListedFile, type WriteContent } from "./file-io.ts";
import { fromSystemError, rangeBeyondEnd } from "./io-error.ts";

/**
 * The path of a location on this machine: `file:///abs`, `file:/abs` or `/abs`; undefined for any other scheme. What
 * follows the scheme is the path as it is: `%20` stands for itself.
 */
export function localPath(location: string): string | undefined {
  if (location.startsWith("file:///")) return location.slice("file://".length);
  if (location.startsWith("file:/") && !location.startsWith("file://")) return location.slice("file:".length);
  return location.startsWith("/") ? location : undefined;
}

/** The path with symbolic links followed, as far as it is there. */
export async function realLocalPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const classifiedError = fromSystemError(error, path);
    if (classifiedError.code !== "FILE_NOT_FOUND" || dirname(path) === path) throw classifiedError;
    return join(await realLocalPath(dirname(path)), basename(path));
  }
}

/** Files on local disks. A file appears under its name only when its bytes are on the disk. */
export function localFileIO(): FileIO {
  return {
    exists: async (location) => exists(requirePath(location), location),
    stat: (location) => classified(location, async () => ({ size: (await stat(requirePath(location))).size })),
    read: (location, range) =>
      classified(location, () =>
        range === undefined ? readFile(requirePath(location)) : readRange(requirePath(location), range, location),
      ),
    write: (location, content) => classified(location, () => writeExclusively(requirePath(location), content)),
    delete: (location) => classified(location, () => rm(requirePath(location), { force: true })),
    localPath,
    list: (folder) => list(folderPrefix(folder)),
  };
}

function requirePath(location: string): string {
  const path = localPath(location);
  if (path !== undefined) return path;
  throw new IcebergError("UNSUPPORTED", `${location} is not on this machine: only file: locations are`, {
    context: { location },
  });
}

async function classified<T>(location: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof IcebergError ? error : fromSystemError(error, location);
  }
}

async function exists(path: string, location: string): Promise<boolean> {
  try {
    await access(path, constants.F_OK);
    return true;
  } catch (error) {
    const classifiedError = fromSystemError(error, location);
    if (classifiedError.code === "FILE_NOT_FOUND") return false;
    throw classifiedError;
  }
}

/** Links are not followed: what is behind them is not in the folder. */
async function* list(prefix: string): AsyncGenerator<ListedFile> {
  const entries = await ifThere(prefix, () => opendir(requirePath(prefix)));
  if (entries === undefined) return;
  for await (const entry of entries) {
    const location = `${prefix}${entry.name}`;
    if (entry.isDirectory()) yield* list(`${location}/`);
    if (!entry.isFile()) continue;
    const found = await ifThere(location, () => lstat(requirePath(location)));
    if (found !== undefined) yield { location, size: found.size, lastModifiedMs: found.mtimeMs };
  }
}

/** Others may delete what is being listed. */
async function ifThere<T>(location: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await classified(location, work);
  } catch (error) {
    if (isIcebergError(error, "FILE_NOT_FOUND")) return undefined;
    throw error;
  }
}

async function readRange(path: string, range: ByteRange, location: string): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const buffer = new Uint8Array(range.length);
    let filled = 0;
    while (filled < range.length) {
      const { bytesRead } = await file.read(buffer, filled, range.length - filled, range.offset + filled);
      if (bytesRead === 0) throw rangeBeyondEnd(location, range.offset + filled);
      filled += bytesRead;
    }
    return buffer;
  } finally {
    await file.close();
  }
}

/** A hard link fails where the name is taken, so of two writers one is refused; a rename would overwrite. */
async function writeExclusively(path: string, content: WriteContent): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporary = `${folder}/.${randomUUID()}.tmp`;
  try {
    await writeDurably(temporary, content);
    await link(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(folder);
}

const partBytes = 8 * 1024 * 1024;

async function writeDurably(path: string, content: WriteContent): Promise<void> {
  const { size, read } = byteSource(content);
  const file = await open(path, "wx");
  try {
    for (let offset = 0; offset < size; offset += partBytes) {
      await file.writeFile(await read({ offset, length: Math.min(partBytes, size - offset) }));
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
