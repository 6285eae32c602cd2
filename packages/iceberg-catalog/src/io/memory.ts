import type { FileIO } from "./file-io.ts";
import { fileExists, fileNotFound, rangeBeyondEnd } from "./io-error.ts";

/** Files in memory, for tests and for catalogs that need not outlive the process. */
export function memoryFileIO(): FileIO {
  const files = new Map<string, Uint8Array>();
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
    write: async (location, bytes) => {
      if (files.has(location)) throw fileExists(location);
      files.set(location, bytes.slice());
    },
    delete: async (location) => {
      files.delete(location);
    },
  };
}
