import { IcebergError } from "../../errors.ts";

/** LMDB takes keys up to 1978 bytes. */
const maxKeyBytes = 1900;

/** @throws IcebergError `INVALID_ARGUMENT` for a key that is too long */
export function checkedKey(key: string): string {
  if (Buffer.byteLength(key) <= maxKeyBytes) return key;
  throw new IcebergError("INVALID_ARGUMENT", `the name ${key.slice(1, 80)}... is too long`);
}
