import type { ByteWriter } from "../../../codec/byte-writer.ts";
import { digitsOf, writeArgumentEnd, writeArgumentHead } from "./command-writer.ts";

/** What is in an argument's head besides the digits of its length. */
const otherHeadBytes = 3;

/** Writes arguments where they are to be, whose lengths are known only then. The length of the last is the guess for the next. */
export class ArgumentWriter {
  #digits = 2;

  /** Begins an argument; what is written until {@link end} is in it. Give the result to that. */
  begin(out: ByteWriter): number {
    out.skip(this.#digits + otherHeadBytes);
    return out.length;
  }

  end(out: ByteWriter, start: number): void {
    const length = out.length - start;
    const digits = digitsOf(length);
    const head = start - this.#digits - otherHeadBytes;
    if (digits !== this.#digits) {
      out.shift(start, digits - this.#digits);
      this.#digits = digits;
    }
    const end = out.length;
    out.truncate(head);
    writeArgumentHead(out, length);
    out.truncate(end);
    writeArgumentEnd(out);
  }
}
