import { isFreeForLmdb } from "@icecore/iceberg-catalog";
import { OnlineStoreError } from "../../errors.ts";

/** Makes sure that a file that is already there is a store. @throws OnlineStoreError `STORE_INVALID` */
export function checkFile(path: string): void {
  if (isFreeForLmdb(path)) return;
  throw new OnlineStoreError("STORE_INVALID", `${path} is no online store; name another file, or remove this one`);
}
