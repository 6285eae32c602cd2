import type { ByteWriter } from "../../../codec/byte-writer.ts";
import { digitsOf } from "./command-writer.ts";

const [dollar, carriageReturn, lineFeed, zero] = [0x24, 0x0d, 0x0a, 0x30];

/** Writes arguments where they are to be, whose lengths are known only then. The length of the last is the guess for the next. */
export class ArgumentWriter {
  #digits = 2;

  /** Begins an argument; what is written until {@link end} is in it. Give the result to that. */
  begin(out: ByteWriter): number {
    out.u8(dollar);
    out.skip(this.#digits + 2);
    return out.length;
  }

  end(out: ByteWriter, start: number): void {
    const length = out.length - start;
    const digits = digitsOf(length);
    let content = start;
    if (digits !== this.#digits) {
      out.shift(start, digits - this.#digits);
      content += digits - this.#digits;
      this.#digits = digits;
    }
    for (let at = content - 3, rest = length; at >= content - 2 - digits; at--) {
      const tenth = (rest / 10) | 0;
      out.setU8(at, zero + (rest - tenth * 10));
      rest = tenth;
    }
    out.setU8(content - 2, carriageReturn);
    out.setU8(content - 1, lineFeed);
    out.u8(carriageReturn);
    out.u8(lineFeed);
  }
}
