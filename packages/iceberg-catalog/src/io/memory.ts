import { allBytes } from "./byte-source.ts";
import { type FileIO, folderPrefix } from "./file-io.ts";
import { fileExists, fileNotFound, rangeBeyondEnd } from "./io-error.ts";

/** Files in memory, for tests and for catalogs that need not outlive the process. `now` dates them, in milliseconds. */
export function memoryFileIO(now: () => number = Date.now): FileIO {
  const files = new Map<string, Uint8Array>();
  const written = new Map<string, number>();
  const find = (location: string): Uint8Array => {
    const bytes = files.get(location);
    if (bytes === undefined) throw fileNotFound(location);
    return bytes;
  };
  return {
    exists: async (location) => files.has(location),
    stat: async (location) => ({ size: find(location).length }),
    read: async (location, range) => {
      const bytes = find(location);
      if (range === undefined) return bytes.slice();
      const end = range.offset + range.length;
      if (end > bytes.length) throw rangeBeyondEnd(location, bytes.length);
      return bytes.slice(range.offset, end);
    },
    write: async (location, content) => {
      const bytes = (await allBytes(content)).slice();
      if (files.has(location)) throw fileExists(location);
      files.set(location, bytes);
      written.set(location, now());
    },
    delete: async (location) => {
      files.delete(location);
    },
    localPath: () => undefined,
    list: async function* (folder) {
      const prefix = folderPrefix(folder);
      for (const [location, { length }] of [...files]) {
        if (!location.startsWith(prefix)) continue;
        yield { location, size: length, lastModifiedMs: written.get(location) ?? 0 };
      }
    },
  };
}
