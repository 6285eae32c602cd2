/** A growing buffer with the few primitives that the wire formats are made of; all are little endian. */
export class ByteWriter {
  #bytes: Buffer;
  #view: DataView;
  #length = 0;

  /** `capacity`: how many bytes there is room for at first. */
  constructor(capacity = 512) {
    this.#bytes = Buffer.allocUnsafe(capacity);
    this.#view = viewOf(this.#bytes);
  }

  /** How many bytes were written. */
  get length(): number {
    return this.#length;
  }

  /** How many bytes there is room for. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /** What was written from `start` to `end`: a view that no later write changes, except after {@link truncate}. */
  view(start = 0, end = this.#length): Buffer {
    return this.#bytes.subarray(start, end);
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
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  i32(value: number): void {
    this.#reserve(4);
    this.#view.setInt32(this.#length, value, true);
    this.#length += 4;
  }

  i64(value: bigint): void {
    this.#reserve(8);
    this.#view.setBigInt64(this.#length, value, true);
    this.#length += 8;
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** The bytes of `source` from `start` to `end`. Few of them are copied here: calling into native code costs more. */
  slice(source: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start);
    if (end - start > 48) this.#bytes.set(source.subarray(start, end), this.#length);
    else for (let i = start; i < end; i++) this.#bytes[this.#length + i - start] = source[i] ?? 0;
    this.#length += end - start;
  }

  /** What `other` holds, or a part of it. */
  append(other: ByteWriter, start = 0, end = other.#length): void {
    this.#reserve(end - start);
    if (end - start > 256) {
      other.#bytes.copy(this.#bytes, this.#length, start, end);
    } else {
      let from = start;
      let to = this.#length;
      for (; from + 4 <= end; from += 4, to += 4) this.#view.setInt32(to, other.#view.getInt32(from));
      for (; from < end; from++, to++) this.#bytes[to] = other.#bytes[from] as number;
    }
    this.#length += end - start;
  }

  /** Protobuf varint of a signed 64-bit integer in two halves of 32 bits; a negative one takes ten bytes. */
  varint64(lower: number, upper: number): void {
    this.#reserve(10);
    let low = lower >>> 0;
    let high = upper >>> 0;
    while (high > 0 || low > 0x7f) {
      this.#bytes[this.#length++] = (low & 0x7f) | 0x80;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.#bytes[this.#length++] = low;
  }

  /** {@link varint64} of a whole number that a double holds exactly. */
  varintNumber(value: number): void {
    this.varint64(value % 0x1_0000_0000, Math.floor(value / 0x1_0000_0000));
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

  /** A whole number from 0 as digits, of which it has so many. */
  digits(value: number, count: number): void {
    this.#reserve(count);
    let rest = value;
    let at = this.#length + count - 1;
    for (; rest > 0x7fff_ffff; at--) {
      const tenth = Math.floor(rest / 10);
      this.#bytes[at] = 48 + (rest - tenth * 10);
      rest = tenth;
    }
    for (let whole = rest | 0; at >= this.#length; at--) {
      const tenth = (whole / 10) | 0;
      this.#bytes[at] = 48 + (whole - tenth * 10);
      whole = tenth;
    }
    this.#length += count;
  }

  /** The 32 bits at `at`, which were written before. */
  i32At(at: number): number {
    return this.#view.getInt32(at, true);
  }

  /** The byte at `at`, which was written before. */
  u8At(at: number): number {
    return this.#bytes[at] as number;
  }

  /** Writes over the byte at `at`. */
  setU8(at: number, value: number): void {
    this.#bytes[at] = value;
  }

  /** Writes over the 32 bits at `at`. */
  setI32(at: number, value: number): void {
    this.#view.setInt32(at, value, true);
  }

  /** So many zeros. */
  zeros(count: number): void {
    this.#reserve(count);
    this.#bytes.fill(0, this.#length, this.#length + count);
    this.#length += count;
  }

  /** Leaves room for `count` bytes. */
  skip(count: number): void {
    this.#reserve(count);
    this.#length += count;
  }

  /** Moves what was written since `start` by so many bytes, back where they are negative. */
  shift(start: number, by: number): void {
    this.#reserve(Math.max(by, 0));
    this.#bytes.copyWithin(start + by, start, this.#length);
    this.#length += by;
  }

  /** Leaves room for a 32-bit length; give the result to {@link endU32} once the content is written. */
  beginU32(): number {
    this.u32(0);
    return this.#length;
  }

  /** Fills in the length of what was written since {@link beginU32}. */
  endU32(start: number): void {
    this.#view.setUint32(start - 4, this.#length - start, true);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = viewOf(grown);
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
