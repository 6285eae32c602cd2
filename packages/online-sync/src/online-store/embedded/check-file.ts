import { isFreeForLmdb, lacksSpace } from "@icecore/iceberg-catalog";
import { OnlineStoreError } from "../../errors.ts";

/** Makes sure that a file that is already there is a store. @throws OnlineStoreError `STORE_INVALID` */
export function checkFile(path: string): void {
  if (isFreeForLmdb(path)) return;
  throw new OnlineStoreError("STORE_INVALID", `${path} is no online store; name another file, or remove this one`);
}

/** More than the rows of one transaction take. */
const neededBytes = 16 * 1024 * 1024;

/** @throws OnlineStoreError `STORE_FULL` when the disk may not hold what is about to be written */
export function checkSpace(path: string): void {
  if (!lacksSpace(path, neededBytes)) return;
  throw new OnlineStoreError(
    "STORE_FULL",
    `the disk of ${path} has less than 16 MiB free; free some space and run it again`,
  );
}
