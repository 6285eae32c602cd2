import type { FeatureView } from "@icecore/feature-registry";
import { isKnownError } from "../../errors.ts";
import { isoInstant } from "../../output/iso-8601.ts";
import type { FeatureStore } from "../../store/feature-store.ts";
import type { PushTarget } from "../../store/push.ts";
import { countValues, type ValueColumns } from "../../store/text-table.ts";
import { statusOf } from "../errors.ts";
import { joinColumns, PushBatch, WaitingPush } from "./push-batch.ts";

/**
 * Writes what is pushed while others are written in one go with what else has come by then: a batch takes about as long
 * as a push, and is one commit. Each push succeeds and fails for itself.
 */
export class PushBatches {
  readonly #store: Pick<FeatureStore, "push">;
  readonly #now: () => Date;
  /** Those that wait, by view and target; there is a line for as long as somebody works on it. */
  readonly #lines = new Map<string, WaitingPush[]>();
  #lastCreated = 0n;

  constructor(store: Pick<FeatureStore, "push">, now: () => Date) {
    this.#store = store;
    this.#now = now;
  }

  /** Resolves when the rows are written. Those that do not say when they were created are in the order in which they came. */
  push(view: FeatureView, columns: ValueColumns, to: PushTarget, key?: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const push = new WaitingPush(this.#stamped(view, columns), key, { resolve, reject });
      const name = JSON.stringify([view.name, to]);
      const line = this.#lines.get(name);
      if (line === undefined) void this.#work(name, view.name, to, [push]);
      else line.push(push);
    });
  }

  /** Of rows that are equal in their event timestamp the latest counts: no two pushes are created at once. */
  #stamped(view: FeatureView, columns: ValueColumns): ValueColumns {
    if (Object.hasOwn(columns, view.createdTimestampColumn)) return columns;
    const now = BigInt(this.#now().getTime()) * 1000n;
    this.#lastCreated = now > this.#lastCreated ? now : this.#lastCreated + 1n;
    const created = new Array(countValues(columns)).fill(isoInstant(this.#lastCreated));
    return { ...columns, [view.createdTimestampColumn]: created };
  }

  async #work(name: string, view: string, to: PushTarget, line: WaitingPush[]): Promise<void> {
    this.#lines.set(name, line);
    while (line.length > 0) {
      const batch = new PushBatch();
      line.push(...line.splice(0).filter((push) => !batch.add(push)));
      await this.#write(view, to, batch.pushes);
    }
    this.#lines.delete(name);
  }

  async #write(view: string, to: PushTarget, pushes: readonly WaitingPush[]): Promise<void> {
    if (pushes.length === 0) return;
    const several = pushes.length > 1;
    try {
      const key = pushes.flatMap((push) => push.key ?? []);
      const { offline } = await this.#store.push(view, { columns: joinColumns(pushes) }, { to, key });
      if (several && offline?.outcome === "already-ingested") return await this.#writeHalves(view, to, pushes);
      for (const { resolve } of pushes) resolve();
    } catch (error) {
      if (several && isOfRows(error)) {
        // The history comes first: where the online store refuses a row, it has them all.
        return await this.#writeHalves(view, error.name === "OnlineStoreError" ? "online" : to, pushes);
      }
      for (const { reject } of pushes) reject(error);
    }
  }

  /** Finds the push that is to blame, or was there before, in few steps; the others are written. */
  async #writeHalves(view: string, to: PushTarget, pushes: readonly WaitingPush[]): Promise<void> {
    const half = pushes.length >> 1;
    await this.#write(view, to, pushes.slice(0, half));
    await this.#write(view, to, pushes.slice(half));
  }
}

/** Whether somebody's rows are to blame, and those of the others may be written. */
function isOfRows(error: unknown): error is Error {
  return isKnownError(error) && [400, 422].includes(statusOf(error));
}
