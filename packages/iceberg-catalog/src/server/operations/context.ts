import type { FileIO } from "../../io/file-io.ts";
import type { TimestampMs } from "../../spec/ids.ts";
import type { CatalogStore } from "../store/catalog-store.ts";
import type { Settle } from "../store/effect.ts";
import type { KnownMetadata } from "./known-metadata.ts";

/** What the operations of an embedded catalog work with. */
export interface CatalogContext {
  readonly store: CatalogStore;
  readonly io: FileIO;
  readonly known: KnownMetadata;
  /** Location under which tables are put. */
  readonly warehouse: string;
  /** Where it was before: tables from then are recorded there. */
  readonly formerWarehouses: readonly string[];
  readonly now: () => TimestampMs;
  readonly newUuid: () => string;
  /** Present where the request that is worked on must not take effect twice. */
  readonly settle?: Settle;
}
