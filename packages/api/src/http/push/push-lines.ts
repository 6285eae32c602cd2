import { IcecoreError, toError } from "../../errors.ts";
import type { FeatureStore } from "../../store/feature-store.ts";
import type { PushTarget } from "../../store/push.ts";
import type { GatheredPush } from "../../store/push-group.ts";
import { pushSize } from "./push-size.ts";

/** What is larger gains nothing by company, and would make it wait. */
const [smallRows, smallBytes] = [1000, 1 << 20];
/** So many that what a batch takes besides its rows is little for each, and few enough to be little memory. */
const [batchPushes, batchRows, batchBytes] = [256, 10_000, 8 << 20];
/** Others are told to come again. */
const [mostWaiting, mostWaitingBytes] = [10_000, 64 << 20];

interface WaitingPush extends GatheredPush {
  readonly rows: number;
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Pushes to a view that wait while others are being written. */
interface Line {
  readonly waiting: WaitingPush[];
  readonly work: Promise<void>;
}

/** Small pushes that come while others are being written are written together next. Nobody waits for others to come. */
export class PushLines implements AsyncDisposable {
  readonly #store: Pick<FeatureStore, "push" | "pushTogether">;
  /** By view and target. */
  readonly #lines = new Map<string, Line>();
  readonly #large = new Set<Promise<unknown>>();
  #waitingBytes = 0;
  #isClosed = false;

  constructor(store: Pick<FeatureStore, "push" | "pushTogether">) {
    this.#store = store;
  }

  /** Resolves when the rows are written. @throws IcecoreError `SERVER_BUSY` */
  async push(view: string, push: GatheredPush, to: PushTarget): Promise<void> {
    if (this.#isClosed) throw closing();
    const { rows, bytes } = pushSize(push.columns);
    if (rows === 0 || rows > smallRows || bytes > smallBytes) await this.#pushLarge(view, push, to);
    else {
      await new Promise<void>((resolve, reject) => {
        this.#wait(view, to, { ...push, rows, bytes, resolve, reject });
      });
    }
  }

  /** Refuses those that wait, and others that come; what is being written will be. */
  close(): void {
    this.#isClosed = true;
    for (const { waiting } of this.#lines.values()) for (const { reject } of waiting.splice(0)) reject(closing());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await Promise.allSettled([...this.#large, ...[...this.#lines.values()].map(({ work }) => work)]);
  }

  async #pushLarge(view: string, { columns, key }: GatheredPush, to: PushTarget): Promise<void> {
    const work = this.#store.push(view, { columns }, { to, key });
    this.#large.add(work);
    try {
      await work;
    } finally {
      this.#large.delete(work);
    }
  }

  #wait(view: string, to: PushTarget, push: WaitingPush): void {
    const name = JSON.stringify([view, to]);
    const line = this.#lines.get(name);
    const isFull = line?.waiting.length === mostWaiting || this.#waitingBytes + push.bytes > mostWaitingBytes;
    if (line !== undefined && isFull) {
      push.reject(new IcecoreError("SERVER_BUSY", `too many pushes to ${view} wait already; try again in a moment`));
      return;
    }
    this.#waitingBytes += push.bytes;
    if (line !== undefined) line.waiting.push(push);
    else {
      const waiting = [push];
      this.#lines.set(name, { waiting, work: this.#work(name, view, to, waiting) });
    }
  }

  async #work(name: string, view: string, to: PushTarget, waiting: WaitingPush[]): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, batchLength(waiting));
      await this.#write(view, to, batch);
      this.#waitingBytes -= batch.reduce((sum, { bytes }) => sum + bytes, 0);
    }
    this.#lines.delete(name);
  }

  async #write(view: string, to: PushTarget, batch: readonly WaitingPush[]): Promise<void> {
    try {
      const failures = await this.#store.pushTogether(view, batch, to);
      for (const [i, { resolve, reject }] of batch.entries()) {
        const failure = failures[i];
        if (failure === undefined) resolve();
        else reject(failure);
      }
    } catch (error) {
      for (const { reject } of batch) reject(toError(error));
    }
  }
}

/** How many of those that wait, the first in any case, are one batch. */
function batchLength(waiting: readonly WaitingPush[]): number {
  let [rows, bytes] = [0, 0];
  for (const [i, push] of waiting.entries()) {
    rows += push.rows;
    bytes += push.bytes;
    if (i === batchPushes || (i > 0 && (rows > batchRows || bytes > batchBytes))) return i;
  }
  return waiting.length;
}

function closing(): IcecoreError {
  return new IcecoreError("SERVER_BUSY", "the server is about to end; push again when it is back");
}
