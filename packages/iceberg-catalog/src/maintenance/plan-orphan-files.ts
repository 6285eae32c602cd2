import { IcebergError } from "../errors.ts";
import type { ListedFile } from "../io/file-io.ts";
import { fileKey, pathWithoutAuthority } from "./same-file.ts";

/** Everything that a table needs, by what its files are called in whatever way. */
export class ReachableLocations {
  readonly #keys = new Set<string>();
  readonly #paths = new Map<string, string>();

  add(location: string): void {
    this.#keys.add(fileKey(location));
    this.#paths.set(pathWithoutAuthority(location), location);
  }

  has(location: string): boolean {
    return this.#keys.has(fileKey(location));
  }

  /** A needed file at the same path of another scheme or authority. */
  lookalike(location: string): string | undefined {
    return this.#paths.get(pathWithoutAuthority(location));
  }
}

/**
 * The listed files that nobody needs and that are old enough not to belong to a commit under way. Pure.
 * @throws IcebergError `VALIDATION_FAILED` where a file may be one that the table needs, under another scheme or authority
 */
export function orphansAmong(
  listed: readonly ListedFile[],
  reachable: ReachableLocations,
  olderThanMs: number,
): readonly ListedFile[] {
  const unneeded = listed.filter(({ location }) => !reachable.has(location));
  for (const { location } of unneeded) {
    const needed = reachable.lookalike(location);
    if (needed === undefined) continue;
    throw new IcebergError(
      "VALIDATION_FAILED",
      `${location} may be the same file as ${needed}, which the table needs; list the table's files by the location that its metadata has`,
      { context: { location, needed } },
    );
  }
  return unneeded.filter(({ lastModifiedMs }) => lastModifiedMs < olderThanMs);
}
