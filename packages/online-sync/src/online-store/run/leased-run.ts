import type { SnapshotId } from "@icecore/iceberg-catalog";
import type { RecordBatch } from "apache-arrow";
import type { Correction, MaterializationRun, Watermark, WriteCount } from "../online-store.ts";

/** How long a run lives in the store without a sign of life from its holder. */
export const leaseMs = 15_000;
const renewEveryMs = 4000;

/** What a store does for a run; each step first makes sure that the view is still the run's, and renews the lease. */
export interface Lease {
  write(batch: RecordBatch, correction: Correction | undefined): Promise<WriteCount>;
  aim(snapshotId: SnapshotId): Promise<void>;
  renew(): Promise<void>;
  finish(snapshotId: SnapshotId | undefined): Promise<void>;
  release(): Promise<void>;
}

/** A run that keeps its lease alive until it ends. */
export class LeasedRun implements MaterializationRun {
  readonly watermark: Watermark | undefined;
  readonly #lease: Lease;
  readonly #timer: NodeJS.Timeout;
  #finished = false;

  constructor(lease: Lease, watermark: Watermark | undefined) {
    this.#lease = lease;
    this.watermark = watermark;
    // That the lease is lost, or the store gone, the next step tells whoever takes it.
    this.#timer = setInterval(() => lease.renew().catch(() => {}), renewEveryMs).unref();
  }

  write(batch: RecordBatch, correction?: Correction): Promise<WriteCount> {
    return this.#lease.write(batch, correction);
  }

  aim(snapshotId: SnapshotId): Promise<void> {
    return this.#lease.aim(snapshotId);
  }

  async finish(snapshotId: SnapshotId | undefined): Promise<void> {
    await this.#lease.finish(snapshotId);
    this.#finished = true;
    clearInterval(this.#timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    // A store that cannot be reached lets go of the run by itself.
    if (!this.#finished) await this.#lease.release().catch(() => {});
    this.#finished = true;
  }
}
