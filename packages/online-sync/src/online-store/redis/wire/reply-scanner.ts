import { readCount, replyType } from "./reply.ts";

const lineFeed = 0x0a;

/** Takes a whole reply, which is `bytes` from `start` on; the bytes are never written again. */
export type ReplyTaker = (bytes: Buffer, start: number) => void;

/** Cuts what arrives on a connection into replies. What was seen of an unfinished reply is not looked at twice. */
export class ReplyScanner {
  readonly #take: ReplyTaker;
  #bytes: Buffer = Buffer.alloc(0);
  /** How much of `#bytes` has arrived; it may have room for more. */
  #length = 0;
  #start = 0;
  #at = 0;
  /** How many more values belong to the reply that begins at `#start`. */
  #missing = 1;

  constructor(take: ReplyTaker) {
    this.#take = take;
  }

  push(chunk: Buffer): void {
    this.#append(chunk);
    for (let end = this.#valueEnd(); end !== undefined; end = this.#valueEnd()) {
      if (this.#bytes[this.#at] === replyType.array) this.#missing += Math.max(0, readCount(this.#bytes, this.#at));
      this.#at = end;
      this.#missing--;
      if (this.#missing > 0) continue;
      this.#take(this.#bytes, this.#start);
      this.#start = end;
      this.#missing = 1;
    }
  }

  #append(chunk: Buffer): void {
    const rest = this.#length - this.#start;
    if (rest === 0) {
      this.#bytes = chunk;
      this.#length = chunk.length;
      this.#start = 0;
      this.#at = 0;
    } else {
      this.#makeRoom(rest, chunk.length);
      this.#bytes.set(chunk, this.#length);
      this.#length += chunk.length;
    }
  }

  /** Moves the unfinished reply to a buffer of its own, twice as large as needed, unless it is in one with room enough. */
  #makeRoom(rest: number, more: number): void {
    if (this.#start === 0 && this.#bytes.length >= this.#length + more) return;
    const grown = Buffer.allocUnsafe((rest + more) * 2);
    grown.set(this.#bytes.subarray(this.#start, this.#length));
    this.#at -= this.#start;
    this.#start = 0;
    this.#length = rest;
    this.#bytes = grown;
  }

  /** Where the value at `#at` ends; of an array, where its first element begins. Undefined: that has not arrived. */
  #valueEnd(): number | undefined {
    const at = this.#at;
    let end = at + 1;
    while (end < this.#length && this.#bytes[end] !== lineFeed) end++;
    if (end >= this.#length) return undefined;
    end++;
    if (this.#bytes[at] !== replyType.bulk) return end;
    const length = readCount(this.#bytes, at);
    if (length >= 0) end += length + 2;
    return end > this.#length ? undefined : end;
  }
}
