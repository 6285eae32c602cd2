import type { Session } from "@icecore/iceberg-catalog/duckdb";
import { OfflineStoreError } from "../errors.ts";

/** An interruption between two statements interrupts neither: it is repeated until the work has noticed. */
const repeatMs = 20;

/** Interrupts a session's statements when their time is over, or when nobody waits for them any more. */
export class Deadline implements Disposable {
  readonly #session: Session;
  readonly #seconds: number | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  #ended: OfflineStoreError | undefined;
  #interrupting: NodeJS.Timeout | undefined;

  /** @param seconds from now; undefined: no limit */
  constructor(session: Session, seconds: number | undefined, signal: AbortSignal | undefined) {
    this.#session = session;
    this.#seconds = seconds;
    this.#signal = signal;
    if (seconds !== undefined) this.#timer = setTimeout(() => this.#end(this.#timedOut()), seconds * 1000);
    signal?.addEventListener("abort", this.#abandon);
    if (signal?.aborted === true) this.#abandon();
  }

  /** @throws OfflineStoreError `QUERY_TIMED_OUT` where the time was over before the work was */
  async run<T>(work: () => Promise<T>): Promise<T> {
    try {
      if (this.#ended === undefined) {
        const result = await work();
        if (this.#ended === undefined) return result;
      }
    } catch (error) {
      if (this.#ended === undefined) throw error;
    }
    throw this.#ended;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    clearInterval(this.#interrupting);
    this.#signal?.removeEventListener("abort", this.#abandon);
  }

  readonly #abandon = (): void => {
    const isLate = this.#signal?.reason instanceof DOMException && this.#signal.reason.name === "TimeoutError";
    const why = isLate ? "it took longer than may be waited for; ask for less" : "nobody waits for it any more";
    this.#end(new OfflineStoreError("QUERY_TIMED_OUT", `query: ${why}`));
  };

  #timedOut(): OfflineStoreError {
    return new OfflineStoreError(
      "QUERY_TIMED_OUT",
      `query: it took longer than ${this.#seconds} seconds, which is the limit; ask for less, or raise the timeout`,
    );
  }

  #end(reason: OfflineStoreError): void {
    this.#ended ??= reason;
    this.#session.interrupt();
    this.#interrupting ??= setInterval(() => this.#session.interrupt(), repeatMs);
  }
}
