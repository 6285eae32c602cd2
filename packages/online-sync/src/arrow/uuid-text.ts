import { OnlineStoreError } from "../errors.ts";

/** Sixteen bytes as `8-4-4-4-12` hexadecimal digits. */
export function uuidText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The sixteen bytes of a UUID in text. @throws OnlineStoreError `BATCH_INVALID` */
export function parseUuid(text: string): Uint8Array {
  const hex = text.replaceAll("-", "");
  if (/^[0-9a-f]{32}$/i.test(hex)) return Buffer.from(hex, "hex");
  throw new OnlineStoreError("BATCH_INVALID", `"${text.slice(0, 50)}" is no UUID`);
}
