import { murmur3 } from "../spec/murmur3.ts";
import { encodeUtf8 } from "../spec/utf8.ts";

const hashBits = 20;

/**
 * Folders that spread the files of a table over the key space of an object store, which limits requests by prefix: twenty
 * bits of the name's hash, as every other implementation takes them.
 */
export function entropyFolders(name: string): string {
  const bits = (murmur3(encodeUtf8(name)) & (2 ** hashBits - 1)).toString(2).padStart(hashBits, "0");
  return [bits.slice(0, 4), bits.slice(4, 8), bits.slice(8, 12), bits.slice(12)].join("/");
}
