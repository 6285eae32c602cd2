import type { SnapshotId, Table } from "@icecore/iceberg-catalog";
import { OfflineStoreError } from "../errors.ts";

export type IngestResult =
  | {
      readonly outcome: "ingested";
      readonly snapshotId: SnapshotId;
      readonly rows: bigint;
      readonly files: number;
      readonly bytes: bigint;
    }
  | {
      readonly outcome: "upserted";
      readonly snapshotId: SnapshotId;
      readonly inserted: bigint;
      readonly updated: bigint;
      /** Rows that were there already with the same values. */
      readonly unchanged: bigint;
    }
  | { readonly outcome: "already-ingested"; readonly snapshotId: SnapshotId }
  | { readonly outcome: "nothing-to-ingest" };

/** The snapshot that a commit left behind. */
export function requireHead(table: Table): SnapshotId {
  const snapshot = table.currentSnapshot();
  if (snapshot !== undefined) return snapshot.snapshotId;
  throw new OfflineStoreError(
    "DATA_INVALID",
    "the table is empty after a commit: somebody rolled it back; ingest again",
  );
}
