import { memoryFileIO } from "../io/memory.ts";
import type { CatalogContext } from "../server/operations/context.ts";
import { KnownMetadata } from "../server/operations/known-metadata.ts";
import { memoryStore } from "../server/store/memory-store.ts";
import { timestampMs } from "../spec/ids.ts";

/** A catalog in memory whose clock stands still and whose uuids count up. */
export function inMemoryContext(): CatalogContext {
  let uuids = 0;
  return {
    store: memoryStore(),
    io: memoryFileIO(),
    known: new KnownMetadata(),
    warehouse: "memory://warehouse",
    formerWarehouses: [],
    now: () => timestampMs(1_800_000_000_000),
    newUuid: () => `${String(uuids++).padStart(8, "0")}-0000-4000-8000-000000000000`,
  };
}
