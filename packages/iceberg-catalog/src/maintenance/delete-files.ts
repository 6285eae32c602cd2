import type { FileIO } from "../io/file-io.ts";
import { mapOrdered } from "../scan/map-ordered.ts";

const deleteConcurrency = 16;

export interface FailedDeletion {
  readonly location: string;
  readonly error: unknown;
}

export interface Deletions {
  readonly deleted: readonly string[];
  /** What could not be deleted, and why. */
  readonly failed: readonly FailedDeletion[];
}

/** Deletes files that nobody needs, a few at a time. One that cannot be deleted does not stop the others. */
export async function deleteFiles(io: FileIO, locations: readonly string[]): Promise<Deletions> {
  const deleted: string[] = [];
  const failed: FailedDeletion[] = [];
  const remove = (location: string): Promise<void> =>
    io.delete(location).then(
      () => void deleted.push(location),
      (error: unknown) => void failed.push({ location, error }),
    );
  for await (const _ of mapOrdered(locations, deleteConcurrency, remove));
  return { deleted, failed };
}
