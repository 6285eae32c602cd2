import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { type SnapshotId, snapshotId, type TimestampMs, timestampMs } from "../spec/ids.ts";

/** What a commit takes from the outside world. */
export interface CommitEnvironment {
  now(): TimestampMs;
  sleep(milliseconds: number): Promise<void>;
  /** At least 0 and below 1. */
  random(): number;
  uuid(): string;
  /** A positive 63-bit random number. */
  snapshotId(): SnapshotId;
}

/** The machine's own clock and randomness. */
export const systemEnvironment: CommitEnvironment = {
  now: () => timestampMs(Date.now()),
  sleep: (milliseconds) => setTimeout(milliseconds),
  random: Math.random,
  uuid: randomUUID,
  snapshotId: () => snapshotId(BigInt.asUintN(63, randomBytes(8).readBigUInt64BE()) || 1n),
};
