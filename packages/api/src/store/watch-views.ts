import { setTimeout } from "node:timers/promises";
import type { FeatureView } from "@icecore/feature-registry";
import type { SnapshotId } from "@icecore/iceberg-catalog";
import type { MaterializeSummary } from "@icecore/online-sync";
import { isKnownError, type KnownError } from "../errors.ts";
import type { StoreContext } from "./context.ts";
import { materializeView } from "./materialize-views.ts";
import { selectViews } from "./select-views.ts";

export interface WatchOptions {
  /** Names of views; default: every view that is online, also those that come to be. */
  readonly views?: readonly string[] | undefined;
  /** How often the catalog is asked for new snapshots. Default: four times a second. */
  readonly intervalMs?: number | undefined;
  /** Ends the watch when it is aborted, after what is being written. */
  readonly signal: AbortSignal;
  readonly onMaterialized?: ((summary: MaterializeSummary) => void) | undefined;
  /** Told once of a problem that stays the same. The watch goes on. */
  readonly onProblem?: ((problem: WatchProblem) => void) | undefined;
}

export interface WatchProblem {
  /** Undefined where it is not about one view. */
  readonly view: string | undefined;
  readonly error: KnownError;
}

/** A long first run must not keep the other views waiting, nor all of them share the machine at once. */
const viewsAtOnce = 2;

/**
 * Follows the catalog: materializes a view whenever its table has a snapshot that the online store does not hold yet.
 * Failures that are foreseen are told and tried again; others end the watch.
 */
export async function watchViews(context: StoreContext, options: WatchOptions): Promise<void> {
  const { intervalMs = 250, signal } = options;
  const watch = new Watch(context, options);
  while (!signal.aborted) {
    await watch.look();
    await setTimeout(intervalMs, undefined, { signal }).catch(() => {});
  }
  await watch.end();
}

class Watch {
  readonly #context: StoreContext;
  readonly #options: WatchOptions;
  readonly #materialized = new Map<string, SnapshotId>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #problems = new Map<string | undefined, string>();
  #unforeseen: { readonly error: unknown } | undefined;

  constructor(context: StoreContext, options: WatchOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** Starts what is to be done, and does not wait for it. */
  async look(): Promise<void> {
    if (this.#unforeseen !== undefined) throw this.#unforeseen.error;
    const views = await this.#guard(undefined, () => this.#views());
    for (const view of views ?? []) {
      if (this.#running.size >= viewsAtOnce) return;
      if (this.#running.has(view.name)) continue;
      const current = await this.#guard(view.name, () => this.#currentSnapshot(view));
      if (current === undefined || current === this.#materialized.get(view.name)) continue;
      const run = this.#guard(view.name, () => this.#materialize(view));
      this.#running.set(
        view.name,
        run.then(() => void this.#running.delete(view.name)),
      );
    }
  }

  /** Waits for what is running. */
  async end(): Promise<void> {
    await Promise.all(this.#running.values());
    if (this.#unforeseen !== undefined) throw this.#unforeseen.error;
  }

  async #views(): Promise<readonly FeatureView[]> {
    const { definitions } = await this.#context.cachedRegistry.read();
    return selectViews(definitions, this.#options.views);
  }

  async #currentSnapshot(view: FeatureView): Promise<SnapshotId | undefined> {
    return (await this.#context.project.loadViewTable(view)).currentSnapshot()?.snapshotId;
  }

  async #materialize(view: FeatureView): Promise<void> {
    const { signal, onMaterialized } = this.#options;
    const summary = await materializeView(this.#context, view, { signal });
    if (summary.snapshotId !== undefined) this.#materialized.set(view.name, summary.snapshotId);
    onMaterialized?.(summary);
  }

  /** Undefined where it failed as is foreseen. */
  async #guard<T>(view: string | undefined, action: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await action();
      this.#problems.delete(view);
      return result;
    } catch (error) {
      if (!isKnownError(error)) this.#unforeseen ??= { error };
      else if (!this.#options.signal.aborted) this.#tell(view, error);
      return undefined;
    }
  }

  #tell(view: string | undefined, error: KnownError): void {
    if (this.#problems.get(view) === error.message) return;
    this.#problems.set(view, error.message);
    this.#options.onProblem?.({ view, error });
  }
}
