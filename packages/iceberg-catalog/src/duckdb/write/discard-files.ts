import type { FileIO } from "../../io/file-io.ts";
import type { DataFile } from "../../spec/manifest.ts";

/** Deletes files that no commit will know of; one that cannot be deleted is an orphan for maintenance to find. */
export async function discardFiles({ io }: { readonly io: FileIO }, files: readonly DataFile[]): Promise<void> {
  await Promise.allSettled(files.map(({ filePath }) => io.delete(filePath)));
}
