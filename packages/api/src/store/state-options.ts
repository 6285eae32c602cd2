import { type SnapshotId, snapshotId, timestampMs } from "@icecore/iceberg-catalog";
import { type At, latest } from "@icecore/offline-store";

/** The state that tables are read at, as programs write it. Default: the latest. */
export type StateOptions =
  | { readonly asOf?: undefined; readonly tag?: undefined; readonly snapshots?: undefined }
  | { readonly asOf: Date; readonly tag?: undefined; readonly snapshots?: undefined }
  | { readonly tag: string; readonly asOf?: undefined; readonly snapshots?: undefined }
  /** A snapshot's id by the table's name; tables that are not named are read as they are now. */
  | {
      readonly snapshots: Readonly<Record<string, SnapshotId | bigint>>;
      readonly asOf?: undefined;
      readonly tag?: undefined;
    };

export function toAt({ asOf, tag, snapshots }: StateOptions): At {
  if (asOf !== undefined) return { kind: "as-of", timestampMs: timestampMs(asOf.getTime()) };
  if (tag !== undefined) return { kind: "tag", name: tag };
  if (snapshots === undefined) return latest;
  const ids = Object.entries(snapshots).map(([name, id]) => [name, snapshotId(id)] as const);
  return { kind: "snapshots", snapshots: new Map(ids) };
}
