import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { golden, goldenByCodec } from "../testing/golden.ts";
import { decompressorOf } from "./codecs.ts";
import { openContainer } from "./container.ts";
import { decompressSnappy } from "./snappy.ts";

const refused = expect.objectContaining({ name: "IcebergError", code: "DATA_INVALID" });
const blocksOf = (bytes: Uint8Array) => [...openContainer(bytes).blocks].map((block) => Buffer.from(block.bytes));

describe("a container", () => {
  it.each(goldenByCodec)("by %s has the blocks that it has uncompressed", (_, bytes) => {
    expect(Buffer.concat(blocksOf(bytes))).toEqual(Buffer.concat(blocksOf(golden.manifest)));
  });

  it.each(goldenByCodec)("by %s is refused or read, whatever byte of it is wrong", (_, bytes) => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const tampered = Uint8Array.from(bytes);
        tampered[at] = (tampered[at] ?? 0) ^ flip;
        try {
          blocksOf(tampered);
        } catch (error) {
          expect(error).toMatchObject({ name: "IcebergError" });
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** A stream of snappy's elements: what libraries make of "abc" repeated, and what only a hostile writer makes. */
const snappy = (length: number, ...elements: number[]) => decompressSnappy(Uint8Array.of(length, ...elements), 1000);
const abc = [2 << 2, 0x61, 0x62, 0x63];

describe("snappy", () => {
  it("repeats what it has just written", () => {
    const copyOfSeven = ((7 - 1) << 2) | 2;
    expect(Buffer.from(snappy(10, ...abc, copyOfSeven, 3, 0)).toString()).toBe("abcabcabca");
    const shortCopy = ((4 - 4) << 2) | 1;
    expect(Buffer.from(snappy(7, ...abc, shortCopy, 3)).toString()).toBe("abcabca");
    const longOffset = ((2 - 1) << 2) | 3;
    expect(Buffer.from(snappy(5, ...abc, longOffset, 3, 0, 0, 0)).toString()).toBe("abcab");
  });

  it.each<[string, number[]]>([
    ["a literal of two thousand million bytes", [3, 63 << 2, 0xff, 0xff, 0xff, 0xff]],
    ["a literal that is cut off", [3, 2 << 2, 0x61]],
    ["a copy from before the start", [8, ...abc, (4 << 2) | 2, 4, 0]],
    ["a copy of nothing", [8, ...abc, (4 << 2) | 2, 0, 0]],
    ["more than it promised", [2, ...abc]],
    ["less than it promised", [4, ...abc]],
    ["a length without an end", [0xff, 0xff, 0xff, 0xff, 0xff]],
    ["a length beyond the limit", [0xff, 0x7f, ...abc]],
  ])("refuses %s", (_, bytes) => {
    expect(() => decompressSnappy(Uint8Array.from(bytes), 1000)).toThrow();
  });

  it("is refused where its checksum is wrong, or missing", () => {
    const checksum = new Uint8Array(4);
    new DataView(checksum.buffer).setUint32(0, crc32("abc"));
    const decompress = decompressorOf("snappy");
    expect(Buffer.from(decompress(Uint8Array.of(3, ...abc, ...checksum))).toString()).toBe("abc");
    expect(() => decompress(Uint8Array.of(3, ...abc, ...checksum.reverse()))).toThrow(refused);
    expect(() => decompress(Uint8Array.of(3))).toThrow(refused);
  });
});

describe("zstandard", () => {
  const decompress = decompressorOf("zstandard");
  const magic = [0x28, 0xb5, 0x2f, 0xfd];

  it("is refused where it asks for more memory than a block may take, before any is taken", () => {
    expect(() => decompress(Uint8Array.of(...magic, 0x00, 0xa8, 0x01, 0, 0))).toThrow(refused);
    expect(() => decompress(Uint8Array.of(...magic, 0xa0, 0xff, 0xff, 0xff, 0x7f, 0x01, 0, 0))).toThrow(refused);
  });

  it("is refused where it grows beyond what a block may take", () => {
    // Blocks of 128 KiB that are one byte repeated, 2048 times: 256 MiB, and one more.
    const repeated = [0x02, 0x00, 0x10, 0x61];
    const blocks = Array.from({ length: 2049 }, () => repeated).flat();
    expect(() => decompress(Uint8Array.of(...magic, 0x00, 0x58, ...blocks, 0x01, 0, 0))).toThrow(refused);
  });
});
