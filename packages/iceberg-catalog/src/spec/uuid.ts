import { IcebergError } from "../errors.ts";
import { bytesToHex, hexToBytes } from "./hex.ts";

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A UUID's 16 bytes, big-endian. @throws IcebergError `INVALID_ARGUMENT` */
export function uuidToBytes(uuid: string): Uint8Array {
  if (!uuidPattern.test(uuid)) throw new IcebergError("INVALID_ARGUMENT", `"${uuid}" is not a UUID`);
  return hexToBytes(uuid.replaceAll("-", ""));
}

/** The UUID of 16 bytes, lower case. @throws IcebergError `DATA_INVALID` */
export function uuidFromBytes(bytes: Uint8Array): string {
  if (bytes.length !== 16) throw new IcebergError("DATA_INVALID", `a UUID has 16 bytes, not ${bytes.length}`);
  return bytesToHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
