import { open, type RootDatabase } from "lmdb";
import { IcebergError } from "../../errors.ts";
import { lacksSpace } from "../../io/free-space.ts";
import { isFreeForLmdb } from "../../io/lmdb-file.ts";
import type { CatalogStore, Entries } from "./catalog-store.ts";

/**
 * A durable store in one file that several processes may open; LMDB lets one of them write at a time.
 * @throws IcebergError `METADATA_INVALID` for another program's file, `IO_FAILED` for one that cannot be opened
 */
export function lmdbStore(path: string): CatalogStore {
  const database = openDatabase(path);
  const entries = entriesOf(database);
  return {
    read: async (work) => {
      // Otherwise a read may see the state before another process's commit for the rest of this turn.
      database.resetReadTxn();
      return work(entries);
    },
    transact: async (work) => {
      requireSpace(path);
      return database.transactionSync(() => work(entries));
    },
    close: () => database.close(),
  };
}

/** More than a commit of many tables takes. */
const neededBytes = 256 * 1024;

function requireSpace(path: string): void {
  if (!lacksSpace(path, neededBytes)) return;
  throw new IcebergError("STORAGE_FULL", `the disk of ${path} is full; free some space and run it again`);
}

function openDatabase(path: string): RootDatabase<string, string> {
  if (!isFreeForLmdb(path)) {
    throw new IcebergError("METADATA_INVALID", `${path} is damaged or no catalog; restore it from a backup`);
  }
  try {
    // Without overlapping sync a commit is on the disk before anybody is told of it.
    return open<string, string>({ path, encoding: "string", overlappingSync: false });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new IcebergError("IO_FAILED", `${path} cannot be opened (${why}); see that this user may write it`, {
      cause,
    });
  }
}

function entriesOf(database: RootDatabase<string, string>): Entries {
  return {
    get: (key) => database.get(key),
    put: (key, value) => {
      database.putSync(key, value);
    },
    remove: (key) => {
      database.removeSync(key);
    },
    *startingWith(prefix) {
      for (const { key, value } of database.getRange({ start: prefix })) {
        if (!key.startsWith(prefix)) return;
        yield [key, value];
      }
    },
  };
}
