import { setTimeout as delay } from "node:timers/promises";
import type { ByteWriter } from "../../../codec/byte-writer.ts";
import { type Argument, writeCommand } from "../wire/command-writer.ts";
import type { RedisConnection } from "../wire/connection.ts";
import { ConnectionLost } from "../wire/connection-lost.ts";
import { RedisReplyError, type Reply, ReplyCursor } from "../wire/reply.ts";
import type { ReplyTaker } from "../wire/reply-scanner.ts";

/** Commands that may be sent again when it is unknown whether they were carried out: all of ours may. */
export interface CommandBatch {
  readonly count: number;
  readonly write: (out: ByteWriter) => void;
  readonly take: NumberedReplyTaker;
}

/** A {@link CommandBatch} that lies ready; nobody changes it until it has been run, or has failed: it may be sent again. */
export interface CommandPieces {
  readonly count: number;
  readonly pieces: readonly ByteWriter[];
  readonly take: NumberedReplyTaker;
}

/** Takes the reply to the i-th command, which is `bytes` from `start` on. Where commands are sent again, it begins at 0 again. */
type NumberedReplyTaker = (bytes: Buffer, start: number, index: number) => void;

/** Pauses before a command is sent again; a server that restarts is back within them more often than not. */
const pausesMs = [20, 200, 800];

/** A Redis, through whatever connection there is to it. */
export class RedisNode {
  readonly #connect: () => Promise<RedisConnection>;
  #connection: Promise<RedisConnection> | undefined;
  #closed = false;

  constructor(connect: () => Promise<RedisConnection>) {
    this.#connect = connect;
  }

  /** Connects, and says at once when that fails. @throws ConnectionLost, RedisReplyError */
  async connect(): Promise<void> {
    await this.#open();
  }

  /** Sends commands together, and again on a new connection when the first is lost. @throws ConnectionLost, RedisReplyError */
  run({ count, write, take }: CommandBatch): Promise<void> {
    return this.#onConnection((connection) => connection.send(count, write, numbered(take)));
  }

  /** {@link run} of much that lies ready, which is not copied here. */
  runPieces({ count, pieces, take }: CommandPieces): Promise<void> {
    return this.#onConnection((connection) => connection.sendPieces(count, pieces, numbered(take)));
  }

  /** Sends something, and again on a new connection when the first is lost. */
  async #onConnection(send: (connection: RedisConnection) => Promise<void>): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await send(await this.#open());
      } catch (error) {
        const pause = pausesMs[attempt];
        if (!(error instanceof ConnectionLost) || error.silent || pause === undefined || this.#closed) throw error;
        await delay(pause);
      }
    }
  }

  /** Sends one command. @throws ConnectionLost, RedisReplyError */
  async command(...args: readonly Argument[]): Promise<Reply> {
    let reply: Reply = null;
    await this.run({
      count: 1,
      write: (out) => writeCommand(out, args),
      take: (bytes, start) => {
        reply = new ReplyCursor(bytes, start).next();
      },
    });
    if ((reply as Reply) instanceof RedisReplyError) throw reply;
    return reply;
  }

  /** Sends a command for each of these. */
  async commands(all: readonly (readonly Argument[])[]): Promise<readonly Reply[]> {
    const replies: Reply[] = [];
    await this.run({
      count: all.length,
      write: (out) => {
        for (const args of all) writeCommand(out, args);
      },
      take: (bytes, start, index) => {
        replies[index] = new ReplyCursor(bytes, start).next();
      },
    });
    return replies;
  }

  /** Lets go of the connection: the next command makes another, perhaps to another server. */
  async disconnect(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    this.#connection = undefined;
    connection?.close();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.disconnect();
  }

  async #open(): Promise<RedisConnection> {
    if (this.#closed) throw new ConnectionLost("the online store was closed", true);
    const connecting = this.#connection;
    if (connecting !== undefined) {
      const connection = await connecting;
      if (!connection.lost) return connection;
      if (this.#connection === connecting) this.#connection = undefined;
    }
    this.#connection ??= this.#begin();
    return this.#connection;
  }

  #begin(): Promise<RedisConnection> {
    const connecting = this.#connect();
    connecting.catch(() => {
      if (this.#connection === connecting) this.#connection = undefined;
    });
    return connecting;
  }
}

function numbered(take: NumberedReplyTaker): ReplyTaker {
  let index = 0;
  return (bytes, start) => take(bytes, start, index++);
}
