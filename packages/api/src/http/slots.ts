import { IcecoreError } from "../errors.ts";

/**
 * Turns at work that takes memory and threads. Who finds none free waits for one; beyond those that may wait, they are
 * told at once to come again, so that a server under load stays one that answers.
 */
export class Slots {
  readonly #waiting = new Set<() => void>();
  readonly #maxWaiting: number;
  #free: number;

  constructor(count: number, maxWaiting: number) {
    this.#free = count;
    this.#maxWaiting = maxWaiting;
  }

  /** Waits for a turn, until `signal` aborts, and gives what ends it. @throws IcecoreError `SERVER_BUSY` where too many wait */
  async take(signal: AbortSignal): Promise<() => void> {
    if (this.#free > 0) this.#free--;
    else if (this.#waiting.size < this.#maxWaiting) await this.#wait(signal);
    else throw busy();
    let isHeld = true;
    return () => {
      if (isHeld) this.#pass();
      isHeld = false;
    };
  }

  /** Works while it has a turn. */
  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const end = await this.take(signal);
    try {
      return await work();
    } finally {
      end();
    }
  }

  #pass(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#free++;
    else next();
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#waiting.delete(turn);
        signal.removeEventListener("abort", leave);
      };
      const turn = () => {
        stop();
        resolve();
      };
      const leave = () => {
        stop();
        reject(busy());
      };
      this.#waiting.add(turn);
      signal.addEventListener("abort", leave);
      if (signal.aborted) leave();
    });
  }
}

function busy(): IcecoreError {
  return new IcecoreError("SERVER_BUSY", "the server has its hands full of queries; try again in a moment");
}
