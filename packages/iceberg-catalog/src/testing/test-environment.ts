import { type SnapshotId, snapshotId, type TimestampMs, timestampMs } from "../spec/ids.ts";
import type { CommitEnvironment } from "../transaction/commit-environment.ts";

/** A clock that ticks a second per look, and ids that count. */
export class TestEnvironment implements CommitEnvironment {
  readonly sleeps: number[] = [];
  #ticks = 0;
  #ids = 0;

  now(): TimestampMs {
    return timestampMs(1_700_000_000_000 + 1000 * this.#ticks++);
  }

  async sleep(milliseconds: number): Promise<void> {
    this.sleeps.push(milliseconds);
  }

  random(): number {
    return 0;
  }

  uuid(): string {
    return `00000000-0000-4000-8000-${String(++this.#ids).padStart(12, "0")}`;
  }

  snapshotId(): SnapshotId {
    return snapshotId(2n ** 62n + BigInt(++this.#ids));
  }
}
