import { closeSync, openSync, readSync, statSync } from "node:fs";

/** Where LMDB's magic number is in its first page, and what it is. */
const magicAt = 24;
const magic = 0xbeefc0de;

/** Whether a path is free for LMDB to use: nothing is there, or a file of its own. Over any other it ends the process. */
export function isFreeForLmdb(path: string): boolean {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return true;
  const head = Buffer.alloc(magicAt + 4);
  const file = openSync(path, "r");
  try {
    readSync(file, head, 0, head.length, 0);
  } finally {
    closeSync(file);
  }
  return head.readUInt32LE(magicAt) === magic;
}
