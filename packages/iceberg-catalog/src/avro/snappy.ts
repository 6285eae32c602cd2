/**
 * Snappy's raw format ("Snappy compressed format description"). The libraries there are loop for ever on a literal whose
 * length has its highest bit set; this refuses whatever does not come to exactly the length that is promised.
 * @throws Error
 */
export function decompressSnappy(bytes: Uint8Array, maxLength: number): Uint8Array {
  const input = new Elements(bytes);
  const length = input.readVarint();
  if (length > maxLength) throw new Error(`${length} bytes are too many`);
  const output = new Uint8Array(length);
  let end = 0;
  while (input.hasMore) {
    const element = input.readElement();
    if (element.length > length - end) throw new Error("there is more than the promised length");
    if (element.offset === 0) output.set(input.take(element.length), end);
    else copyWithin(output, end, element.offset, element.length);
    end += element.length;
  }
  if (end !== length) throw new Error("there is less than the promised length");
  return output;
}

/** A copy may reach into what it has itself just written, which repeats a pattern. */
function copyWithin(output: Uint8Array, end: number, offset: number, length: number): void {
  if (offset > end) throw new Error("a copy begins before the start");
  if (offset >= length) output.copyWithin(end, end - offset, end - offset + length);
  else for (let i = end; i < end + length; i++) output[i] = output[i - offset] ?? 0;
}

class Elements {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get hasMore(): boolean {
    return this.#position < this.#bytes.length;
  }

  take(length: number): Uint8Array {
    const end = this.#position + length;
    if (end > this.#bytes.length) throw new Error("the end is missing");
    const taken = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return taken;
  }

  /** An element's head; offset 0: a literal, whose bytes follow. */
  readElement(): { readonly offset: number; readonly length: number } {
    const tag = this.#littleEndian(1);
    switch (tag & 3) {
      case 0:
        return { offset: 0, length: this.#literalLength(tag >>> 2) };
      case 1:
        return this.#copy(((tag >>> 5) << 8) | this.#littleEndian(1), ((tag >>> 2) & 7) + 4);
      default:
        return this.#copy(this.#littleEndian((tag & 3) === 2 ? 2 : 4), (tag >>> 2) + 1);
    }
  }

  /** A length of 32 bits at most. */
  readVarint(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 28; scale *= 128) {
      const byte = this.#littleEndian(1);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new Error("the length is longer than 32 bits");
  }

  #copy(offset: number, length: number) {
    if (offset === 0) throw new Error("a copy of nothing");
    return { offset, length };
  }

  /** Lengths up to 60 are in the tag, others in the one to four bytes after it. */
  #literalLength(code: number): number {
    return 1 + (code < 60 ? code : this.#littleEndian(code - 59));
  }

  #littleEndian(length: number): number {
    return this.take(length).reduceRight((value, byte) => value * 256 + byte, 0);
  }
}
