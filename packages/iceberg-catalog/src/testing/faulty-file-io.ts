import type { FileIO } from "../io/file-io.ts";

/** A FileIO that tells of the moments before and after each write and before each delete; what `at` throws is its failure. */
export function steppedFileIO(io: FileIO, at: (step: string) => void): FileIO {
  return {
    ...io,
    write: async (location, content) => {
      at(`before writing ${location}`);
      await io.write(location, content);
      at(`after writing ${location}`);
    },
    delete: async (location) => {
      at(`before deleting ${location}`);
      await io.delete(location);
    },
  };
}
