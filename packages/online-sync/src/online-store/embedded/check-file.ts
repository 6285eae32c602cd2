import { closeSync, openSync, readSync, statSync } from "node:fs";
import { OnlineStoreError } from "../../errors.ts";

/** Where LMDB's magic number is in its first page, and what it is. */
const magicAt = 24;
const magic = 0xbeefc0de;

/**
 * Makes sure that a file that is already there is one of LMDB's: its binding ends the process over any other.
 * @throws OnlineStoreError `STORE_INVALID`
 */
export function checkFile(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return;
  const head = Buffer.alloc(magicAt + 4);
  const file = openSync(path, "r");
  try {
    readSync(file, head, 0, head.length, 0);
  } finally {
    closeSync(file);
  }
  if (head.readUInt32LE(magicAt) === magic) return;
  throw new OnlineStoreError("STORE_INVALID", `${path} is no online store; name another file, or remove this one`);
}
