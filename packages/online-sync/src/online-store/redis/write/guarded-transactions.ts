import { ByteWriter } from "../../../codec/byte-writer.ts";
import { guardRunScript } from "../scripts/lease.ts";
import type { RedisNode } from "../servers/redis-node.ts";
import { writeCommand } from "../wire/command-writer.ts";
import { lineEnd, readCount, replyType } from "../wire/reply.ts";

/** Transactions of a run, which do nothing once it has lost its view. */
export class GuardedTransactions {
  readonly #node: RedisNode;
  readonly #before = new ByteWriter();
  readonly #after = new ByteWriter();

  constructor(node: RedisNode, mark: string, token: string) {
    this.#node = node;
    writeCommand(this.#before, ["WATCH", mark]);
    writeCommand(this.#before, ["EVAL", guardRunScript, 1, mark, token]);
    writeCommand(this.#before, ["MULTI"]);
    writeCommand(this.#after, ["EXEC"]);
  }

  /** Whether the user may do all that, and the view is still the run's. */
  async work(): Promise<boolean> {
    return (await this.run(0, [])) !== undefined;
  }

  /**
   * Carries out so many commands, given in pieces that nobody changes meanwhile, each of whose replies is one line;
   * undefined: none of them was, or one before them was refused, so that nobody knows whether the view is still the run's.
   */
  async run(count: number, commands: readonly ByteWriter[]): Promise<Replies | undefined> {
    let replies: Replies | undefined;
    let refused = false;
    await this.#node.runPieces({
      count: count + 4,
      pieces: [this.#before, ...commands, this.#after],
      take: (bytes, start, index) => {
        if (index === 0) refused = false;
        if (bytes[start] === replyType.error) refused = true;
        const done = index === count + 3 && bytes[start] === replyType.array && readCount(bytes, start) === count;
        if (done) replies = new Replies(bytes, start, count);
      },
    });
    return refused ? undefined : replies;
  }
}

/** The replies to the commands of a transaction, by their numbers. */
export class Replies {
  readonly #bytes: Buffer;
  readonly #starts: number[] = [];

  constructor(bytes: Buffer, start: number, count: number) {
    this.#bytes = bytes;
    for (let i = 0, at = lineEnd(bytes, start); i < count; i++, at = lineEnd(bytes, at)) this.#starts.push(at);
  }

  /** Whether a command was answered with OK. */
  isStatus(index: number): boolean {
    return this.#bytes[this.#starts[index] ?? -1] === replyType.status;
  }

  /** The number that a command was answered with. */
  number(index: number): number | undefined {
    const at = this.#starts[index] ?? -1;
    return this.#bytes[at] === replyType.integer ? readCount(this.#bytes, at) : undefined;
  }
}
