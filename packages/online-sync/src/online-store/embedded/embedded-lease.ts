import type { FeatureView } from "@icecore/feature-registry";
import { snapshotId } from "@icecore/iceberg-catalog";
import { rowDefinition } from "../../codec/row-definition.ts";
import type { Watermark } from "../online-store.ts";
import { leaseMs } from "../run/leased-run.ts";
import { isGone, lostError, runningError } from "../run/run-holder.ts";

/** What the store knows about a view besides its rows. */
export interface ViewMark {
  /** The snapshot whose rows are written; undefined: none was, or not in the form of this definition. */
  readonly snapshotId?: string | undefined;
  /** Snapshots of which runs that did not finish may have written rows. */
  readonly begun?: readonly string[] | undefined;
  /** What rows looked like when the last run began. */
  readonly definition: string;
  readonly run?: { readonly token: string; readonly holder: string; readonly expiresAt: number } | undefined;
}

/** The mark of a view whose run has just begun. @throws OnlineStoreError `MATERIALIZATION_RUNNING` */
export function beginMark(
  view: FeatureView,
  mark: ViewMark | undefined,
  run: { readonly token: string; readonly holder: string },
  now: number,
): ViewMark {
  const other = mark?.run;
  if (other !== undefined && other.expiresAt > now && !isGone(other.holder)) throw runningError(view, other.holder);
  const definition = rowDefinition(view);
  const kept = mark?.definition === definition ? mark.snapshotId : undefined;
  return { snapshotId: kept, begun: mark?.begun, definition, run: { ...run, expiresAt: now + leaseMs } };
}

/** The mark with the lease renewed. @throws OnlineStoreError `RUN_LOST` when it is another's by now */
export function renewMark(view: FeatureView, mark: ViewMark | undefined, token: string, now: number): ViewMark {
  if (mark?.run?.token !== token) throw lostError(view, "another run has taken its place, or the view was dropped");
  return { ...mark, run: { ...mark.run, expiresAt: now + leaseMs } };
}

export function toWatermark(view: FeatureView, mark: ViewMark | undefined): Watermark | undefined {
  if (mark === undefined) return undefined;
  const known = mark.snapshotId !== undefined && mark.definition === rowDefinition(view);
  const begun = (mark.begun ?? []).map((id) => snapshotId(BigInt(id)));
  return {
    snapshotId: known ? snapshotId(BigInt(mark.snapshotId)) : undefined,
    ...(begun.length > 0 && { begun }),
  };
}
