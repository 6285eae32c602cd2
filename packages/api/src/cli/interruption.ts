/**
 * Requests to stop, Ctrl-C and SIGTERM: the first aborts the signal, so that work can come to an end that leaves nothing
 * half-done; the next ends the process at once. Until it is disposed of.
 */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  readonly #stop: () => void;

  /** @param onRequest is told of the first request */
  constructor(onRequest: () => void) {
    this.#stop = () => {
      this[Symbol.dispose]();
      onRequest();
      this.#controller.abort();
    };
    for (const name of requests) process.on(name, this.#stop);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    for (const name of requests) process.off(name, this.#stop);
  }
}

const requests = ["SIGINT", "SIGTERM"] as const;

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
