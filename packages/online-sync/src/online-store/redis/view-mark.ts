import type { FeatureView } from "@icecore/feature-registry";
import { type SnapshotId, snapshotId } from "@icecore/iceberg-catalog";
import type { Redis } from "ioredis";
import { rowDefinition } from "../../codec/row-definition.ts";
import type { Watermark } from "../online-store.ts";
import { leaseMs } from "../run/leased-run.ts";
import { encodeHolder, isGone, lostError, runningError } from "../run/run-holder.ts";

/** What Redis knows about a view besides its rows; see `scripts/lease.ts`. */
export interface ViewMark {
  readonly watermark: Watermark | undefined;
  /** The features that rows of the view may hold, those of earlier definitions among them. */
  readonly features: readonly string[];
}

/** The key of a view's mark. Feast's keys begin with a 32-bit count of join keys: none of them looks like this. */
export function markKey(project: string, view: string): string {
  return `icecore:view:${project}:${view}`;
}

export async function loadMark(redis: Redis, key: string, view: FeatureView): Promise<ViewMark> {
  return toMark(view, await redis.hgetall(key));
}

/** Begins a run of the view. @throws OnlineStoreError `MATERIALIZATION_RUNNING` */
export async function beginRun(redis: Redis, key: string, view: FeatureView, token: string): Promise<ViewMark> {
  const features = view.features.map((feature) => feature.name);
  const begin = (dead: string) =>
    redis.beginRun(key, token, encodeHolder(new Date()), leaseMs, rowDefinition(view), dead, ...features);
  let [outcome, ...fields] = await begin("");
  if (outcome === "running" && isGone(fields[1] ?? "")) [outcome, ...fields] = await begin(fields[0] ?? "");
  if (outcome === "running") throw runningError(view, fields[1] ?? "");
  return toMark(view, fromPairs(fields));
}

/** Ends a run, with the watermark at a snapshot or as it was. */
export async function endRun(redis: Redis, key: string, token: string, snapshot?: SnapshotId): Promise<void> {
  await redis.endRun(key, token, ...(snapshot === undefined ? [] : [String(snapshot)]));
}

const lostReply = /\bRUNLOST (\w+)/;

/** Says what a script means by it when a run is lost; other failures are as they were. */
export function toRunError(view: FeatureView, error: unknown): unknown {
  const why = error instanceof Error ? lostReply.exec(error.message)?.[1] : undefined;
  if (why === undefined) return error;
  if (why === "restarted") return lostError(view, "Redis was restarted, or another server took its place");
  return lostError(view, "another run has taken its place, or Redis was emptied, or the view was dropped");
}

function toMark(view: FeatureView, fields: Readonly<Record<string, string>>): ViewMark {
  const { definition, snapshot } = fields;
  const prefix = "feature:";
  const features = Object.keys(fields).flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
  if (definition === undefined) return { watermark: undefined, features };
  const known = snapshot !== undefined && definition === rowDefinition(view);
  return { watermark: { snapshotId: known ? snapshotId(BigInt(snapshot)) : undefined }, features };
}

function fromPairs(flat: readonly string[]): Record<string, string> {
  return Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? ""]] : [])));
}
