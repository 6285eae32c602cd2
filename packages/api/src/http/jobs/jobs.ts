import { isKnownError, logText } from "../../errors.ts";
import type { TemporaryDirectory } from "../../output/temporary-directory.ts";
import type { Principal } from "../access/principal.ts";
import { Job, type JobProgress } from "./job.ts";

/** What a job works with. */
export interface JobContext {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: JobProgress) => void;
}

/** A job that failed, for the log. */
export interface FailedJob {
  readonly time: string;
  readonly job: string;
  /** A message where it was foreseen, else a stack trace. */
  readonly error: string;
}

/** A result as a file, until it is disposed of. */
interface Kept {
  readonly job: Job;
  readonly directory: TemporaryDirectory;
  readonly done: Promise<void>;
}

/** How long what a job made is there for. */
const keptMs = 60 * 60_000;
/** Results take room: who wants more jobs takes or cancels those there are. */
const maxJobs = 100;

/** The jobs of a server, and what they made, for an hour after they ended; they end with the server. */
export class Jobs implements AsyncDisposable {
  readonly #kept = new Map<string, Kept>();
  readonly #now: () => Date;
  readonly #log: ((record: FailedJob) => void) | undefined;

  constructor(now: () => Date, log?: (record: FailedJob) => void) {
    this.#now = now;
    this.#log = log;
  }

  /** Starts a job whose input and result are in `directory`; undefined where there are too many already. */
  async start(
    owner: Principal,
    name: string | null,
    directory: TemporaryDirectory,
    work: (context: JobContext) => Promise<void>,
  ): Promise<Job | undefined> {
    await this.#forgetOld();
    if (this.#kept.size >= maxJobs) return undefined;
    const job = new Job(owner, name, this.#now());
    const done = this.#run(job, directory.path, work);
    this.#kept.set(job.id, { job, directory, done });
    return job;
  }

  /** A job that this caller may see. */
  find(id: string, caller: Principal): { readonly job: Job; readonly directory: string } | undefined {
    const kept = this.#kept.get(id);
    if (kept === undefined || (kept.job.owner !== caller && caller.role !== "admin")) return undefined;
    return { job: kept.job, directory: kept.directory.path };
  }

  /** Ends a job, and what it made is gone. */
  async remove(id: string): Promise<void> {
    const kept = this.#kept.get(id);
    if (kept === undefined) return;
    this.#kept.delete(id);
    kept.job.cancel(this.#now());
    await kept.done;
    await kept.directory[Symbol.asyncDispose]();
  }

  /** Ends those that run. */
  cancelRunning(): void {
    for (const { job } of this.#kept.values()) if (job.state.state === "running") job.cancel(this.#now());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#kept.keys()].map((id) => this.remove(id)));
  }

  async #run(job: Job, directory: string, work: (context: JobContext) => Promise<void>): Promise<void> {
    try {
      await work({ signal: job.signal, onProgress: (progress) => job.report(progress) });
      job.finish({ state: "done" }, this.#now());
    } catch (error) {
      if (job.state.state === "running") {
        this.#log?.({ time: this.#now().toISOString(), job: job.id, error: logText(error) });
      }
      job.finish({ state: "failed", error: tellable(error, directory) }, this.#now());
    }
  }

  async #forgetOld(): Promise<void> {
    const old = this.#now().getTime() - keptMs;
    const gone = [...this.#kept.values()].filter(({ job }) => (job.finishedAt?.getTime() ?? Infinity) < old);
    await Promise.all(gone.map(({ job }) => this.remove(job.id)));
  }
}

/** Callers do not know the directory, but what they have sent. */
function tellable(error: unknown, directory: string): { readonly code: string; readonly message: string } {
  return isKnownError(error)
    ? { code: error.code, message: withoutPaths(error.message, directory) }
    : { code: "INTERNAL", message: "an unexpected failure; the server's log has more" };
}

function withoutPaths(message: string, directory: string): string {
  const [first = "", ...others] = message.split(`${directory}/`);
  return first + others.map((text) => text.replace(/^[\w.]+/, "what was sent")).join("");
}
