import fc from "fast-check";
import { expect, it } from "vitest";
import { ByteWriter } from "../../../codec/byte-writer.ts";
import { writeCrc64 } from "./crc64.ts";

function crc64(bytes: Uint8Array, before = 0): bigint {
  const out = new ByteWriter();
  out.skip(before);
  out.bytes(bytes);
  writeCrc64(out, before);
  return out.view().readBigUInt64LE(before + bytes.length);
}

/** Bit by bit. */
function naive(bytes: Uint8Array): bigint {
  let sum = 0n;
  for (const byte of bytes) {
    sum ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) sum = (sum >> 1n) ^ ((sum & 1n) * 0x95ac9329ac4bc9b5n);
  }
  return sum;
}

it("is the CRC-64 that Redis's own test asks for", () => {
  expect(crc64(Buffer.from("123456789"))).toBe(0xe9c6d914c4b8d9can);
});

it("is that of any bytes, wherever they are", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(9), (bytes, before) => {
      expect(crc64(bytes, before)).toBe(naive(bytes));
    }),
  );
});
