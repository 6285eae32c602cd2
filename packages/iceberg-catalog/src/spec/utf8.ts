import { IcebergError } from "../errors.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export const encodeUtf8 = (text: string): Uint8Array => encoder.encode(text);

/** Text of UTF-8 bytes. @throws IcebergError `DATA_INVALID` */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new IcebergError("DATA_INVALID", "the bytes are not UTF-8", { cause });
  }
}
