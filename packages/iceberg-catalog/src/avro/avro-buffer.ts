import { encodeUtf8 } from "../spec/utf8.ts";

/** Collects Avro's binary encoding. */
export class AvroBuffer {
  #bytes = new Uint8Array(1024);
  #length = 0;

  writeBoolean(value: boolean): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value ? 1 : 0;
  }

  /** An int or a long: the encoding is one. */
  writeLong(value: bigint): void {
    let zigzag = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    this.#reserve(10);
    for (; zigzag > 0x7fn; zigzag >>= 7n) this.#bytes[this.#length++] = Number(zigzag & 0x7fn) | 0x80;
    this.#bytes[this.#length++] = Number(zigzag);
  }

  writeInt(value: number): void {
    this.writeLong(BigInt(value));
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
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  get length(): number {
    return this.#length;
  }

  #reserve(extra: number): void {
    if (this.#length + extra <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + extra));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
