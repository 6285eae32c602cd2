import { crc32, inflateRawSync } from "node:zlib";
import { IcebergError } from "../errors.ts";
import { decompressSnappy } from "./snappy.ts";
import { decompressZstd } from "./zstd.ts";

/** Undoes a block's compression. @throws IcebergError `DATA_INVALID` */
export type Decompressor = (bytes: Uint8Array) => Uint8Array;

/** A block that is longer than this when it is decompressed is taken for an attack. */
const maxBlockLength = 256 * 1024 * 1024;

/** Writers close a block when it has 64 000 bytes or a row more; ours at four times that. */
const usualBlockLength = 264_000;

/** The codec that a file's header names (Avro specification, "Required Codecs", "Optional Codecs"). @throws IcebergError `UNSUPPORTED` */
export function decompressorOf(codec: string): Decompressor {
  switch (codec) {
    case "":
    case "null":
      return (bytes) => bytes;
    case "deflate":
      return refusing("inflated", inflate);
    case "snappy":
      return refusing("decompressed by snappy", snappyWithChecksum);
    case "zstandard":
    case "zstd":
      return refusing("decompressed by zstandard", (bytes) => decompressZstd(bytes, maxBlockLength));
    default:
      throw new IcebergError(
        "UNSUPPORTED",
        `the Avro codec "${codec}" is not supported; rewrite the manifests with the codec "gzip"`,
      );
  }
}

/** Given room for all of it, zlib need not put the block together from pieces; most manifests shrink to a tenth at best. */
function inflate(bytes: Uint8Array): Uint8Array {
  const chunkSize = Math.min(usualBlockLength, Math.max(1024, 10 * bytes.length));
  const block = inflateRawSync(bytes, { maxOutputLength: maxBlockLength, chunkSize });
  // What is kept of a file shall not keep much more than itself alive.
  if (block.buffer.byteLength > 1.25 * block.length) return Uint8Array.from(block);
  // Code that meets Buffers beside plain arrays is compiled anew for them, which a first scan waits for.
  return new Uint8Array(block.buffer, block.byteOffset, block.length);
}

/** Avro appends the big-endian CRC-32 of what was compressed. */
function snappyWithChecksum(bytes: Uint8Array): Uint8Array {
  const end = bytes.length - 4;
  if (end < 0) throw new Error("the checksum is missing");
  const expected = new DataView(bytes.buffer, bytes.byteOffset + end, 4).getUint32(0);
  const decompressed = decompressSnappy(bytes.subarray(0, end), maxBlockLength);
  if (crc32(decompressed) !== expected) throw new Error("the checksum is wrong");
  return decompressed;
}

function refusing(attempt: string, decompress: Decompressor): Decompressor {
  return (bytes) => {
    try {
      return decompress(bytes);
    } catch (cause) {
      throw new IcebergError("DATA_INVALID", `invalid Avro file: a block cannot be ${attempt}`, { cause });
    }
  };
}
