import { existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Whether the disk of a file has fewer bytes free than a write may need. LMDB writes through mapped memory, where a full
 * disk ends the process instead of failing a call: so it is asked before.
 */
export function lacksSpace(path: string, neededBytes: number): boolean {
  const { bavail, bsize } = statfsSync(existingFolder(path));
  return bavail * bsize < neededBytes;
}

function existingFolder(path: string): string {
  const folder = dirname(path);
  return existsSync(folder) || folder === path ? folder : existingFolder(folder);
}
