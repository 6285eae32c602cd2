/** A reply in RESP 2. */
export type Reply = null | number | string | Buffer | RedisReplyError | readonly Reply[];

/** A reply that says what went wrong. */
export class RedisReplyError extends Error {
  override readonly name = "RedisReplyError";
}

export const replyType = { error: 0x2d, integer: 0x3a, bulk: 0x24, array: 0x2a, status: 0x2b } as const;

/** The number behind a reply's type, such as the length of a bulk string: 0 and more, or -1. */
export function readCount(bytes: Buffer, at: number): number {
  let value = 0;
  let i = at + 1;
  const negative = bytes[i] === 0x2d;
  if (negative) i++;
  for (let digit = bytes[i] ?? 0; digit >= 0x30 && digit <= 0x39; digit = bytes[i] ?? 0) {
    value = value * 10 + digit - 0x30;
    i++;
  }
  return negative ? -value : value;
}

/** Where the line that begins at `at` ends, its line break included; there has to be one. */
export function lineEnd(bytes: Buffer, at: number): number {
  let i = at;
  while (i < bytes.length && bytes[i] !== 0x0d) i++;
  return i + 2;
}

/** Reads whole replies one after the other. */
export class ReplyCursor {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  next(): Reply {
    const [bytes, at] = [this.#bytes, this.#at];
    this.#at = lineEnd(bytes, at);
    switch (bytes[at]) {
      case replyType.integer:
        return readCount(bytes, at);
      case replyType.bulk: {
        const [start, length] = [this.#at, readCount(bytes, at)];
        if (length < 0) return null;
        this.#at = start + length + 2;
        return bytes.subarray(start, start + length);
      }
      case replyType.array: {
        const count = readCount(bytes, at);
        return count < 0 ? null : Array.from({ length: count }, () => this.next());
      }
      case replyType.error:
        return new RedisReplyError(bytes.toString("utf8", at + 1, this.#at - 2));
      default:
        return bytes.toString("utf8", at + 1, this.#at - 2);
    }
  }
}
