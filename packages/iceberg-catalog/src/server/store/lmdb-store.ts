import { open, type RootDatabase } from "lmdb";
import type { CatalogStore, Entries } from "./catalog-store.ts";

/** A durable store in one file that several processes may open; LMDB lets one of them write at a time. */
export function lmdbStore(path: string): CatalogStore {
  // Without overlapping sync a commit is on the disk before anybody is told of it.
  const database = open<string, string>({ path, encoding: "string", overlappingSync: false });
  const entries = entriesOf(database);
  return {
    read: async (work) => {
      // Otherwise a read may see the state before another process's commit for the rest of this turn.
      database.resetReadTxn();
      return work(entries);
    },
    transact: async (work) => database.transactionSync(() => work(entries)),
    close: () => database.close(),
  };
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
