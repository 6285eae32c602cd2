import { open, rename, rm } from "node:fs/promises";
import type { FileIO } from "../../io/file-io.ts";
import { fromSystemError } from "../../io/io-error.ts";
import { mapOrdered } from "../../scan/map-ordered.ts";

/** How much is asked for at a time, and how many requests are under way: what a download holds in memory. */
const partBytes = 8 * 1024 * 1024;
const concurrency = 4;

/**
 * Copies a file of which the size is known to this machine, in parts. It appears under its name whole or not at all.
 * @throws IcebergError what the FileIO throws, `STORAGE_FULL`
 */
export async function download(io: FileIO, location: string, size: number, path: string): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    const file = await open(temporary, "wx").catch(local(temporary));
    try {
      const offsets = Array.from({ length: Math.ceil(size / partBytes) }, (_, index) => index * partBytes);
      const fetchPart = async (offset: number): Promise<void> => {
        const length = Math.min(partBytes, size - offset);
        const bytes = await io.read(location, { offset, length });
        await file.write(bytes, 0, bytes.length, offset).catch(local(temporary));
      };
      for await (const _ of mapOrdered(offsets, concurrency, fetchPart)) {
        // Each part is written where it belongs.
      }
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

const local =
  (path: string) =>
  (error: unknown): never => {
    throw fromSystemError(error, path);
  };
