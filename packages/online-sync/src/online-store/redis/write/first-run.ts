import type { RedisNode } from "../servers/redis-node.ts";
import type { Reply } from "../wire/reply.ts";
import { SpareWriters } from "../wire/spare-writers.ts";
import { GuardedTransactions } from "./guarded-transactions.ts";

/** What is written for most transactions, but for their last row; where rows are long, there are fewer in one. */
export const transactionBytes = 3 << 16;
/** Transactions of a batch that wait for their replies: what Redis does while a batch is read from elsewhere. */
export const transactionsInFlight = 16;

/** A server that a run inserts rows into. */
export interface InsertingServer {
  readonly guard: GuardedTransactions;
  /** What time it is for Redis, in seconds: expiry is by its clock. */
  readonly now: () => number;
}

/** A view's first run: most of its rows are of entities that are not there yet. What it has found out holds for all batches. */
export class FirstRun {
  readonly #token: string;
  readonly #markOn: (node: RedisNode) => string;
  readonly #servers = new Map<RedisNode, Promise<InsertingServer | undefined>>();
  /** What transactions of rows are written into. */
  readonly spares = new SpareWriters(2 * transactionsInFlight, 2 * transactionBytes);

  constructor(token: string, markOn: (node: RedisNode) => string) {
    this.#token = token;
    this.#markOn = markOn;
  }

  /** The server, if the user may do there what inserting takes, and the view was the run's when that was tried. */
  on(node: RedisNode): Promise<InsertingServer | undefined> {
    const known = this.#servers.get(node) ?? this.#ask(node);
    this.#servers.set(node, known);
    return known;
  }

  async #ask(node: RedisNode): Promise<InsertingServer | undefined> {
    try {
      const guard = new GuardedTransactions(node, this.#markOn(node), this.#token);
      const [seconds] = (await node.command("TIME")) as Reply[];
      const ahead = Number(String(seconds)) - elapsedSeconds();
      const now = () => Math.floor(ahead + elapsedSeconds());
      return (await guard.work()) ? { guard, now } : undefined;
    } catch (error) {
      this.#servers.delete(node);
      throw error;
    }
  }
}

/** Seconds since some moment. */
const elapsedSeconds = (): number => performance.now() / 1000;
