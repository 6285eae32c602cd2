import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A bare socket to Redis: sends bytes, and parses replies without a look at what is in them. */
export class RawRedis implements AsyncDisposable {
  readonly #socket: Socket;
  #rest: Buffer = Buffer.alloc(0);
  #wanted = 0;
  #replies: unknown[] = [];
  #resolve: (replies: unknown[]) => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => this.#take(chunk));
  }

  static async connect(port: number): Promise<RawRedis> {
    const socket = connect(port, "127.0.0.1");
    socket.setNoDelay(true);
    await once(socket, "connect");
    return new RawRedis(socket);
  }

  /** Sends commands together, and resolves with their replies. */
  send(commands: Buffer, count: number): Promise<unknown[]> {
    this.#wanted = count;
    this.#replies = [];
    this.#socket.write(commands);
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (at < bytes.length) {
      const parsed = parse(bytes, at);
      if (parsed === undefined) break;
      this.#replies.push(parsed.value);
      at = parsed.end;
    }
    this.#rest = bytes.subarray(at);
    if (this.#replies.length === this.#wanted) this.#resolve(this.#replies);
  }
}

interface Parsed {
  readonly value: unknown;
  readonly end: number;
}

function parse(bytes: Buffer, at: number): Parsed | undefined {
  let lineEnd = at + 1;
  let number = 0;
  while (lineEnd < bytes.length && bytes[lineEnd] !== 13) number = number * 10 + (bytes[lineEnd++] as number) - 48;
  if (lineEnd + 1 >= bytes.length) return undefined;
  const start = lineEnd + 2;
  if (bytes[at] === 36) return parseBulk(bytes, start, bytes[at + 1] === 45 ? -1 : number);
  return bytes[at] === 42 ? parseArray(bytes, start, number) : { value: number, end: start };
}

function parseBulk(bytes: Buffer, start: number, length: number): Parsed | undefined {
  if (length < 0) return { value: null, end: start };
  const end = start + length;
  return end + 2 > bytes.length ? undefined : { value: bytes.subarray(start, end), end: end + 2 };
}

function parseArray(bytes: Buffer, start: number, count: number): Parsed | undefined {
  const value: unknown[] = [];
  let end = start;
  for (let i = 0; i < count; i++) {
    const element = parse(bytes, end);
    if (element === undefined) return undefined;
    value.push(element.value);
    end = element.end;
  }
  return { value, end };
}

/** A command in RESP. */
export function command(...args: readonly (string | Buffer)[]): Buffer {
  const parts = args.flatMap((argument) => {
    const bytes = Buffer.from(argument);
    return [Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from("\r\n")];
  });
  return Buffer.concat([Buffer.from(`*${args.length}\r\n`), ...parts]);
}
