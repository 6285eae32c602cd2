import { encodeUtf8 } from "../spec/utf8.ts";

const maxSafe = BigInt(Number.MAX_SAFE_INTEGER);

/** Collects Avro's binary encoding. */
export class AvroBuffer {
  private bytes = new Uint8Array(1024);
  private used = 0;

  writeBoolean(value: boolean): void {
    this.reserve(1);
    this.bytes[this.used++] = value ? 1 : 0;
  }

  /** A 64-bit integer; the encoding is the one of ints. */
  writeLong(value: bigint): void {
    let zigzag = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    this.reserve(10);
    for (; zigzag > maxSafe; zigzag >>= 7n) this.bytes[this.used++] = Number(zigzag & 0x7fn) | 0x80;
    this.writeUnsigned(Number(zigzag));
  }

  /** A 32-bit integer. */
  writeInt(value: number): void {
    this.reserve(5);
    this.writeUnsigned(((value << 1) ^ (value >> 31)) >>> 0);
  }

  writeFloat(value: number): void {
    this.writeFixed(new Uint8Array(Float32Array.of(value).buffer));
  }

  writeDouble(value: number): void {
    this.writeFixed(new Uint8Array(Float64Array.of(value).buffer));
  }

  writeBytes(value: Uint8Array): void {
    this.writeInt(value.length);
    this.writeFixed(value);
  }

  writeString(value: string): void {
    this.writeBytes(encodeUtf8(value));
  }

  writeFixed(value: Uint8Array): void {
    this.reserve(value.length);
    this.bytes.set(value, this.used);
    this.used += value.length;
  }

  toBytes(): Uint8Array {
    return this.bytes.slice(0, this.used);
  }

  /** What has been written, until something else is. */
  view(): Uint8Array {
    return this.bytes.subarray(0, this.used);
  }

  clear(): void {
    this.used = 0;
  }

  get length(): number {
    return this.used;
  }

  /** Beyond 32 bits there are no bit operations, but up to 53 plain arithmetic is exact, and faster than bigint's. */
  private writeUnsigned(value: number): void {
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.bytes[this.used++] = (rest % 128) | 0x80;
    this.bytes[this.used++] = rest;
  }

  private reserve(extra: number): void {
    if (this.used + extra <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.bytes.length, this.used + extra));
    grown.set(this.bytes);
    this.bytes = grown;
  }
}
