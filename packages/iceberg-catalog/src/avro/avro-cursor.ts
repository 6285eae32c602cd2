import { IcebergError } from "../errors.ts";
import { decodeUtf8 } from "../spec/utf8.ts";

/** Reads Avro's binary encoding from front to back; never past the end, whatever sizes the bytes claim. */
export class AvroCursor {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private position = 0;

  constructor(bytes: Uint8Array) {
    // A Buffer's `slice` is a view; a plain Uint8Array's is the copy that is meant below.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.bytes.length - this.position;
  }

  readBoolean(): boolean {
    return this.bytes[this.advance(1)] !== 0;
  }

  /** A 32-bit integer. */
  readInt(): number {
    const first = this.bytes[this.position];
    if (first !== undefined && first < 0x80) {
      this.position++;
      return (first >>> 1) ^ -(first & 1);
    }
    return Number(BigInt.asIntN(32, this.readVarint()));
  }

  /** A 64-bit integer. */
  readLong(): bigint {
    const first = this.bytes[this.position];
    if (first !== undefined && first < 0x80) {
      this.position++;
      return BigInt((first >>> 1) ^ -(first & 1));
    }
    return this.readVarint();
  }

  readFloat(): number {
    return this.view.getFloat32(this.advance(4), true);
  }

  readDouble(): number {
    return this.view.getFloat64(this.advance(8), true);
  }

  /** Length-prefixed bytes: a copy, so that a kept value does not keep its whole block alive. */
  readBytes(): Uint8Array {
    return this.readFixed(this.readSize());
  }

  readFixed(length: number): Uint8Array {
    const start = this.advance(length);
    return this.bytes.slice(start, start + length);
  }

  readString(): string {
    const length = this.readSize();
    const start = this.advance(length);
    return decodeUtf8(this.bytes.subarray(start, start + length));
  }

  /** A count of bytes that must still be there. */
  readSize(): number {
    const size = this.readCount();
    if (size < 0 || size > this.remaining) throw truncated(size, this.remaining);
    return size;
  }

  skip(length: number): void {
    this.advance(length);
  }

  skipVarint(): void {
    const { bytes } = this;
    let position = this.position;
    while ((bytes[position++] ?? 0) >= 0x80) {}
    if (position > bytes.length) throw truncated(1, 0);
    this.position = position;
  }

  /** A count: a long whose value a double holds exactly, or something so large that the caller refuses it. */
  readCount(): number {
    const first = this.bytes[this.position];
    if (first !== undefined && first < 0x80) {
      this.position++;
      return (first >>> 1) ^ -(first & 1);
    }
    return Number(this.readVarint());
  }

  private advance(length: number): number {
    if (length < 0 || length > this.remaining) throw truncated(length, this.remaining);
    const start = this.position;
    this.position += length;
    return start;
  }

  private readVarint(): bigint {
    // Seven groups fit a double exactly; only what is longer pays for bigint arithmetic.
    let low = 0;
    let scale = 1;
    for (let group = 0; group < 7; group++) {
      const byte = this.bytes[this.advance(1)] ?? 0;
      low += (byte & 0x7f) * scale;
      if (byte < 0x80) return unzigzag(BigInt(low));
      scale *= 128;
    }
    let value = BigInt(low);
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.bytes[this.advance(1)] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return unzigzag(BigInt.asUintN(64, value));
    }
    throw new IcebergError("DATA_INVALID", "an Avro integer is longer than 64 bits");
  }
}

const unzigzag = (value: bigint): bigint => (value >> 1n) ^ -(value & 1n);

const truncated = (wanted: number, remaining: number): IcebergError =>
  new IcebergError("DATA_INVALID", `Avro data asks for ${wanted} bytes where ${remaining} are left`);
