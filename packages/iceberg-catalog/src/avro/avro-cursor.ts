import { IcebergError } from "../errors.ts";
import { decodeUtf8 } from "../spec/utf8.ts";
import { countAt, longAt, type Skipper, skipVarint, truncated } from "./skip.ts";

/** Reads Avro's binary encoding, from front to back or from where it is told; never past the end, whatever sizes the bytes claim. */
export class AvroCursor {
  readonly bytes: Uint8Array;
  private readonly text: Buffer;
  private readonly view: DataView;
  private position = 0;

  constructor(bytes: Uint8Array) {
    // A Buffer's `slice` is a view; a plain Uint8Array's is the copy that is meant below.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.bytes.length - this.position;
  }

  /** Goes on at another place, which must not lie beyond the end. */
  moveTo(position: number): this {
    this.position = position;
    return this;
  }

  readBoolean(): boolean {
    return this.bytes[this.advance(1)] !== 0;
  }

  /** A 32-bit integer. */
  readInt(): number {
    const start = this.position;
    const value = this.readCount();
    return (value | 0) === value ? value : Number(BigInt.asIntN(32, this.readLargeLong(start)));
  }

  /** A 64-bit integer. */
  readLong(): bigint {
    const start = this.position;
    const value = this.readCount();
    return Math.abs(value) < 2 ** 52 ? BigInt(value) : this.readLargeLong(start);
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

  /** Bytes that are only looked at: they are part of what is being read. */
  viewFixed(length: number): Uint8Array {
    const start = this.advance(length);
    return this.bytes.subarray(start, start + length);
  }

  readString(): string {
    const length = this.readSize();
    const start = this.advance(length);
    const text = this.text.toString("utf8", start, start + length);
    // Where a byte is wrong there is now the character that stands for such, which may also have been written.
    return text.includes("\ufffd") ? decodeUtf8(this.bytes.subarray(start, start + length)) : text;
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

  skipBy(skipper: Skipper): void {
    this.position = this.within(skipper(this.bytes, this.position));
  }

  /** A count: a long whose value a double holds exactly, or something so large that the caller refuses it. */
  readCount(): number {
    const start = this.position;
    this.position = this.within(skipVarint(this.bytes, start));
    return longAt(this.bytes, start);
  }

  /** A count of items, each of which takes at least a byte. */
  readItemCount(): number {
    const count = countAt(this.bytes, this.position);
    this.position = this.within(skipVarint(this.bytes, this.position));
    return count;
  }

  private advance(length: number): number {
    if (length < 0 || length > this.remaining) throw truncated(length, this.remaining);
    const start = this.position;
    this.position += length;
    return start;
  }

  private within(position: number): number {
    if (position > this.bytes.length) throw truncated(position - this.position, this.remaining);
    return position;
  }

  /** The long at `start`, whose end has been found. */
  private readLargeLong(start: number): bigint {
    if (this.position - start > 10) throw new IcebergError("DATA_INVALID", "an Avro integer is longer than 64 bits");
    let value = 0n;
    for (let i = this.position - 1; i >= start; i--) value = (value << 7n) | BigInt((this.bytes[i] ?? 0) & 0x7f);
    const unsigned = BigInt.asUintN(64, value);
    return (unsigned >> 1n) ^ -(unsigned & 1n);
  }
}
