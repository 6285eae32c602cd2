import { readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { pid } from "node:process";
import type { FeatureView } from "@icecore/feature-registry";
import { OnlineStoreError } from "../../errors.ts";

/** Who holds a view's run, as a text to keep in the store. */
export function encodeHolder(startedAt: Date): string {
  return JSON.stringify({ machine: machine(), pid, since: startedAt.toISOString() });
}

/** Whether a holder is known to be dead: a process of this machine that is no more. */
export function isGone(holder: string): boolean {
  const { machine: where, pid: process } = decodeHolder(holder);
  return where === machine() && process !== undefined && !isAlive(process);
}

export function runningError(view: FeatureView, holder: string): OnlineStoreError {
  const { machine: where = "unknown", pid: process, since } = decodeHolder(holder);
  const who = `process ${process} on ${where.split(" ")[0]}`;
  return new OnlineStoreError(
    "MATERIALIZATION_RUNNING",
    `feature view "${view.name}" is being materialized by ${who}, since ${since}; wait for it, or end it`,
  );
}

export function lostError(view: FeatureView, why: string): OnlineStoreError {
  return new OnlineStoreError(
    "RUN_LOST",
    `the materialization of feature view "${view.name}" is void, because ${why}; run it again`,
  );
}

interface Holder {
  readonly machine?: string;
  readonly pid?: number;
  readonly since?: string;
}

function decodeHolder(text: string): Holder {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    // Written by no version that we know: nothing can be said of it, so it counts as alive.
    return {};
  }
}

/** Containers may share a host's name, but then they do not share its process ids: these are told apart, too. */
function machine(): string {
  return `${hostname()} ${processNamespace()}`;
}

function processNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    // Only Linux has process namespaces.
    return "";
  }
}

function isAlive(process: number): boolean {
  try {
    globalThis.process.kill(process, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
