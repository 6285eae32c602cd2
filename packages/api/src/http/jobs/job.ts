import type { Principal } from "../access/principal.ts";

/** How a job stands. */
export type JobState =
  | { readonly state: "running" }
  | { readonly state: "done" }
  | { readonly state: "failed"; readonly error: { readonly code: string; readonly message: string } }
  | { readonly state: "cancelled" };

/** How far a job is: a step of several. */
export interface JobProgress {
  readonly label: string;
  readonly index: number;
  readonly total: number;
}

/** A job as those see it who wait for it. */
export interface JobView {
  readonly id: string;
  readonly name: string | null;
  readonly created_at: string;
  readonly finished_at: string | null;
  readonly state: JobState["state"];
  readonly progress: JobProgress | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** Work that goes on after its request was answered. */
export class Job {
  readonly id: string = crypto.randomUUID();
  readonly name: string | null;
  /** Who started it; others do not see it, but for admins. */
  readonly owner: Principal;
  readonly createdAt: Date;
  readonly #abort = new AbortController();
  readonly #listeners = new Set<() => void>();
  #state: JobState = { state: "running" };
  #progress: JobProgress | undefined;
  #finishedAt: Date | undefined;

  constructor(owner: Principal, name: string | null, createdAt: Date) {
    this.owner = owner;
    this.name = name;
    this.createdAt = createdAt;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get state(): JobState {
    return this.#state;
  }

  get finishedAt(): Date | undefined {
    return this.#finishedAt;
  }

  report(progress: JobProgress): void {
    this.#progress = progress;
    this.#tell();
  }

  finish(state: Exclude<JobState, { state: "running" }>, at: Date): void {
    if (this.#state.state !== "running") return;
    this.#state = state;
    this.#finishedAt = at;
    this.#tell();
  }

  cancel(at: Date): void {
    this.finish({ state: "cancelled" }, at);
    this.#abort.abort();
  }

  view(): JobView {
    const { id, name, createdAt, finishedAt, state } = this;
    return {
      id,
      name,
      created_at: createdAt.toISOString(),
      finished_at: finishedAt?.toISOString() ?? null,
      state: state.state,
      progress: this.#progress ?? null,
      error: state.state === "failed" ? state.error : null,
    };
  }

  /** How it stands now and whenever that changes, until it has ended. */
  async *views(signal: AbortSignal): AsyncGenerator<JobView> {
    while (!signal.aborted) {
      const changed = new Promise<void>((resolve) => {
        const done = () => {
          this.#listeners.delete(done);
          signal.removeEventListener("abort", done);
          resolve();
        };
        this.#listeners.add(done);
        signal.addEventListener("abort", done);
      });
      yield this.view();
      if (this.#state.state !== "running") return;
      await changed;
    }
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
