const initialCapacity = 1 << 12;
const scratch = new DataView(new ArrayBuffer(8));

/** A growing buffer with the few primitives that the wire formats are made of; all are little endian. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(initialCapacity);
  #length = 0;

  /** How many bytes were written. */
  get length(): number {
    return this.#length;
  }

  /** What was written from `start` on: a view that no later write changes. */
  view(start = 0): Buffer {
    return this.#bytes.subarray(start, this.#length);
  }

  /** Forgets what was written after `length`. */
  truncate(length: number): void {
    this.#length = length;
  }

  u8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  u32(value: number): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeUInt32LE(value, this.#length);
  }

  i32(value: number): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeInt32LE(value, this.#length);
  }

  i64(value: bigint): void {
    this.#reserve(8);
    this.#length = this.#bytes.writeBigInt64LE(value, this.#length);
  }

  f32(value: number): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeFloatLE(value, this.#length);
  }

  f64(value: number): void {
    this.#reserve(8);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** Protobuf varint of a signed 64-bit integer; a negative one takes ten bytes. */
  varint(value: bigint): void {
    this.#reserve(10);
    scratch.setBigInt64(0, value, true);
    let low = scratch.getUint32(0, true);
    let high = scratch.getUint32(4, true);
    while (high > 0 || low > 0x7f) {
      this.#bytes[this.#length++] = (low & 0x7f) | 0x80;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.#bytes[this.#length++] = low;
  }

  /** Protobuf varint of a length or a tag: at most 31 bits. */
  uvarint(value: number): void {
    this.#reserve(5);
    let rest = value;
    for (; rest > 0x7f; rest >>>= 7) this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
    this.#bytes[this.#length++] = rest;
  }

  utf8(value: string): void {
    this.#reserve(value.length * 3);
    this.#length += this.#bytes.write(value, this.#length);
  }

  /** Leaves room for a 32-bit length; give the result to {@link endU32} once the content is written. */
  beginU32(): number {
    this.u32(0);
    return this.#length;
  }

  /** Fills in the length of what was written since {@link beginU32}. */
  endU32(start: number): void {
    this.#bytes.writeUInt32LE(this.#length - start, start - 4);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
