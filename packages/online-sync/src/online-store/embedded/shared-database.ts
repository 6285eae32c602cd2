import { existsSync, statSync } from "node:fs";
import { open, type RootDatabase } from "lmdb";

/** A file of rows and marks, open in this process for as many as use it. */
export interface SharedDatabase {
  readonly db: RootDatabase<Buffer, Buffer>;
  /** Closes it, unless others use it. */
  close(): Promise<void>;
}

interface Opened {
  readonly db: RootDatabase<Buffer, Buffer>;
  users: number;
}

/** By what the file is, whatever it is called; those that are being closed are not among them. */
const opened = new Map<string, Opened>();
let closing: Promise<unknown> = Promise.resolve();

/**
 * Opens a file, once in a process: LMDB's writer of a second opening would hold the file's lock while it waits for this
 * thread to run a transaction, and this thread would wait for the lock.
 */
export async function openShared(path: string): Promise<SharedDatabase> {
  // Another may be closed while this waits for the first.
  for (let awaited: unknown; awaited !== closing; ) {
    awaited = closing;
    await awaited;
  }
  const known = existsSync(path) ? opened.get(identityOf(path)) : undefined;
  const db = known?.db ?? open({ path, noSubdir: true, keyEncoding: "binary", encoding: "binary" });
  const identity = identityOf(path);
  const shared: Opened = known ?? { db, users: 0 };
  shared.users++;
  opened.set(identity, shared);
  let isOpen = true;
  return {
    db,
    close: async () => {
      if (!isOpen) return;
      isOpen = false;
      shared.users--;
      if (shared.users > 0) return;
      opened.delete(identity);
      const closed = db.close();
      closing = Promise.all([closing, closed.catch(() => {})]);
      await closed;
    },
  };
}

function identityOf(path: string): string {
  const { dev, ino } = statSync(path);
  return `${dev}:${ino}`;
}
