import { once } from "node:events";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { ByteWriter } from "../../../codec/byte-writer.ts";
import type { RedisAccess, RedisAddress } from "../connection-string.ts";
import { type Argument, writeCommand } from "./command-writer.ts";
import { ConnectionLost } from "./connection-lost.ts";
import { RedisReplyError, type Reply, ReplyCursor } from "./reply.ts";
import { ReplyScanner, type ReplyTaker } from "./reply-scanner.ts";
import { SpareWriters } from "./spare-writers.ts";

/** What is sent takes about as much room as what was sent before, or a little more, unless that was a lot. */
const usualBytes = 1 << 16;
/** As much does not wait for what else comes in the tick: it gains nothing by company, and would grow beyond what is used again. */
const flushBytes = 1 << 16;
/** Of room that was used for a send, so much is used again; there is no use in it for less. */
const [leastSpareBytes, mostSpareBytes, mostSpares] = [1 << 13, 1 << 18, 8];

/** Commands that were sent, and what becomes of their replies. */
interface Pending {
  count: number;
  readonly take: ReplyTaker;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** One connection to a Redis, for as long as it lasts: commands are answered in their order. */
export class RedisConnection {
  readonly #socket: Socket;
  readonly #timeoutMs: number;
  readonly #pending: Pending[] = [];
  readonly #scanner: ReplyScanner;
  #out = new ByteWriter();
  readonly #spares = new SpareWriters(mostSpares, mostSpareBytes);
  #flushing = false;
  #lost: ConnectionLost | undefined;
  /** One for all replies, since to make one is dear; without effect where none is waited for. */
  readonly #deadline: NodeJS.Timeout;

  private constructor(socket: Socket, timeoutMs: number) {
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
    this.#scanner = new ReplyScanner((bytes, start) => this.#deliver(bytes, start));
    this.#deadline = setTimeout(() => this.#silence(), timeoutMs);
    socket.on("data", (chunk) => {
      this.#deadline.refresh();
      this.#scanner.push(chunk);
    });
    socket.on("error", (error) => this.#fail(error.message, error));
    socket.on("close", () => this.#fail("the connection was closed"));
  }

  /** Connects and logs in. @throws ConnectionLost, RedisReplyError */
  static async connect(address: RedisAddress, access: RedisAccess): Promise<RedisConnection> {
    const socket = await openSocket(address, access);
    const connection = new RedisConnection(socket, access.timeoutMs);
    try {
      const { username, password, db } = access;
      if (password !== undefined) {
        await connection.command(["AUTH", ...(username === undefined ? [] : [username]), password]);
      }
      if (db !== 0) await connection.command(["SELECT", db]);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Whether it can take commands no more. */
  get lost(): boolean {
    return this.#lost !== undefined;
  }

  /** Sends a command. @throws RedisReplyError when Redis refuses it; ConnectionLost */
  async command(args: readonly Argument[]): Promise<Reply> {
    const [reply] = await this.commands([args]);
    if (reply instanceof RedisReplyError) throw reply;
    return reply ?? null;
  }

  /** Sends commands in one go; replies that are errors are among the others. @throws ConnectionLost */
  async commands(all: readonly (readonly Argument[])[]): Promise<readonly Reply[]> {
    const replies: Reply[] = [];
    const write = (out: ByteWriter) => {
      for (const args of all) writeCommand(out, args);
    };
    await this.send(all.length, write, (bytes, start) => replies.push(new ReplyCursor(bytes, start).next()));
    return replies;
  }

  /**
   * Sends `count` commands, which `write` writes, and gives their replies to `take`. What is sent in one tick, by whoever,
   * goes out together, unless it is long.
   */
  send(count: number, write: (out: ByteWriter) => void, take: ReplyTaker): Promise<void> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    if (count === 0) return Promise.resolve();
    const start = this.#out.length;
    try {
      write(this.#out);
    } catch (error) {
      this.#out.truncate(start);
      return Promise.reject(error);
    }
    if (this.#out.length >= flushBytes) this.#flush();
    else this.#scheduleFlush();
    return this.#replies(count, take);
  }

  /**
   * {@link send} of commands that lie ready, in pieces: they go out from where they are, after what was sent before. Nobody
   * changes them until their replies are there.
   */
  sendPieces(count: number, pieces: readonly ByteWriter[], take: ReplyTaker): Promise<void> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    if (count === 0) return Promise.resolve();
    if (this.#out.length > 0) this.#flush();
    this.#socket.cork();
    for (const piece of pieces) this.#socket.write(piece.view());
    this.#socket.uncork();
    return this.#replies(count, take);
  }

  close(): void {
    this.#fail("it was closed");
  }

  #replies(count: number, take: ReplyTaker): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#pending.length === 0) this.#deadline.refresh();
      this.#pending.push({ count, take, resolve, reject });
    });
  }

  #scheduleFlush(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      if (this.#out.length > 0) this.#flush();
    });
  }

  #flush(): void {
    const sent = this.#out;
    const bytes = sent.view();
    if (bytes.length < leastSpareBytes) this.#socket.write(bytes);
    else this.#socket.write(bytes, () => this.#spares.give(sent));
    this.#out = this.#spares.take(Math.min(bytes.length + (bytes.length >> 2), usualBytes));
  }

  #deliver(bytes: Buffer, start: number): void {
    const [first] = this.#pending;
    if (first === undefined) {
      this.#fail("it sent a reply that nobody asked for");
      return;
    }
    try {
      first.take(bytes, start);
    } catch (error) {
      // The other replies are not this one's fault.
      first.reject(error as Error);
    }
    first.count--;
    if (first.count > 0) return;
    this.#pending.shift();
    first.resolve();
  }

  #silence(): void {
    if (this.#pending.length > 0) this.#fail(silence(this.#timeoutMs), undefined, true);
  }

  #fail(why: string, cause?: Error, silent = false): void {
    if (this.#lost !== undefined) return;
    this.#lost = new ConnectionLost(why, silent, { cause });
    clearTimeout(this.#deadline);
    this.#socket.destroy();
    for (const { reject } of this.#pending.splice(0)) reject(this.#lost);
  }
}

async function openSocket({ host, port }: RedisAddress, { tls, timeoutMs }: RedisAccess): Promise<Socket> {
  const name = isIP(host) === 0 ? { servername: host } : {};
  const socket = tls === undefined ? connectTcp({ host, port }) : connectTls({ host, port, ...name, ...tls });
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 30_000);
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    await once(socket, tls === undefined ? "connect" : "secureConnect", { signal });
    return socket;
  } catch (error) {
    socket.on("error", () => {});
    socket.destroy();
    const why = signal.aborted ? silence(timeoutMs) : messageOf(error);
    throw new ConnectionLost(why, signal.aborted, { cause: error });
  }
}

function silence(timeoutMs: number): string {
  return `it did not answer for ${timeoutMs / 1000} seconds`;
}

/** Where a host has several addresses, Node gathers why each failed, and leaves its own message empty. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
