import { bind } from "../expr/bind.ts";
import { alwaysTrue, type Predicate } from "../expr/predicate.ts";
import type { EntryFacts } from "../spec/file-facts.ts";
import type { SnapshotId } from "../spec/ids.ts";
import type { ManifestFile } from "../spec/manifest.ts";
import type { Schema } from "../spec/schema.ts";
import type { Snapshot } from "../spec/snapshot.ts";
import { currentSchema } from "../spec/table-metadata-lookups.ts";
import { EntryScanner } from "./entry-scanner.ts";
import { columnsWithStats, filePruner } from "./file-pruner.ts";
import type { FileScanTask } from "./file-scan-task.ts";
import { mapOrdered } from "./map-ordered.ts";
import { manifestConcurrency, manifestsOf, type ScanSource } from "./scan-source.ts";
import { snapshotsBetween } from "./snapshot-range.ts";

export interface IncrementalAppendScanOptions {
  /** What the caller has seen already; left out: nothing. */
  readonly from?: SnapshotId;
  /** The last snapshot of interest; left out: the current one. */
  readonly to?: SnapshotId;
  readonly filter?: Predicate;
  /** Columns whose counts and bounds the tasks shall carry, besides those of the filter. */
  readonly statsOf?: readonly string[];
}

export interface IncrementalAppendPlan {
  /** The watermark for the next time; absent while the table is empty. */
  readonly toSnapshotId?: SnapshotId;
  /** The table's current columns: files of every age are read as these. */
  readonly schema: Schema;
  /** Files that append snapshots added, oldest snapshot first. */
  readonly tasks: readonly FileScanTask[];
  /** Snapshots in the range that changed or removed rows: appended files alone do not tell what they did. */
  readonly nonAppendSnapshots: readonly Snapshot[];
}

/**
 * The data files that appends added after `from`, up to and with `to`. Snapshots that only rewrote files (`replace`) add
 * no row and are passed over.
 *
 * @throws IcebergError `SNAPSHOT_NOT_FOUND` when `to` does not exist or `from` is not one of its ancestors any more
 */
export async function planIncrementalAppend(
  source: ScanSource,
  { from, to, filter = alwaysTrue, statsOf = [] }: IncrementalAppendScanOptions = {},
): Promise<IncrementalAppendPlan> {
  const { metadata } = source;
  const schema = currentSchema(metadata);
  const pruner = filePruner(bind(filter, schema), metadata.partitionSpecs);
  const scanner = new EntryScanner(source, schema, columnsWithStats(schema, pruner, statsOf));
  const end = to ?? metadata.currentSnapshotId;
  const snapshots = end === undefined ? [] : snapshotsBetween(metadata, from, end);
  const appends = snapshots.filter((snapshot) => snapshot.summary.operation === "append");

  const tasks: FileScanTask[] = [];
  const load = async (append: Snapshot) => ({ append, manifests: await ownManifests(source, append) });
  for await (const { append, manifests } of mapOrdered(appends, manifestConcurrency, load)) {
    const wanted = manifests.filter((manifest) => pruner.keepsManifest(manifest));
    const isAppended = ({ status, snapshotId, dataFile }: EntryFacts): boolean =>
      status === "added" && snapshotId === append.snapshotId && pruner.keepsFile(dataFile);
    for (const { dataFile, dataSequenceNumber } of await scanner.collect(wanted, isAppended)) {
      tasks.push({ dataFile, dataSequenceNumber, deletes: [], residual: pruner.residualOf(dataFile) });
    }
  }
  return {
    ...(end !== undefined && { toSnapshotId: end }),
    schema,
    tasks,
    nonAppendSnapshots: snapshots.filter(({ summary }) => !["append", "replace"].includes(summary.operation)),
  };
}

/** The data manifests that the snapshot itself wrote. */
async function ownManifests({ io }: ScanSource, snapshot: Snapshot): Promise<readonly ManifestFile[]> {
  const manifests = await manifestsOf(io, snapshot);
  return [...manifests].filter(
    ({ content, addedSnapshotId }) => content === "data" && addedSnapshotId === snapshot.snapshotId,
  );
}
