import { IcebergError } from "../errors.ts";
import { bind } from "../expr/bind.ts";
import { alwaysTrue, type Predicate } from "../expr/predicate.ts";
import { readManifestsOf } from "../manifest/inline-manifests.ts";
import { readManifest } from "../manifest/read-manifest.ts";
import { filePruner } from "../scan/file-pruner.ts";
import { ancestorsOf } from "../spec/ancestors.ts";
import type { SnapshotId } from "../spec/ids.ts";
import type { DataFile, EntryStatus, ManifestEntry, ManifestFile } from "../spec/manifest.ts";
import { partitionKey } from "../spec/partition-key.ts";
import { requirePartitionSpec } from "../spec/require-in-metadata.ts";
import { schemaOfSpec } from "../spec/schema-of-spec.ts";
import type { Snapshot } from "../spec/snapshot.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import { currentSchema } from "../spec/table-metadata-lookups.ts";
import type { CommitAttempt } from "./action.ts";

/** What a change was computed from, and so what others must not have done before it lands. */
export type ConflictCheck = RowsRead | FilesRewritten | PartitionsReplaced;

/** The change was computed from rows. */
export interface RowsRead {
  /** The snapshot that was read; undefined: the table was empty. */
  readonly from: SnapshotId | undefined;
  /** The rows that were read; left out: all. */
  readonly filter?: Predicate;
  /** `serializable`: no such row came or went meanwhile. `snapshot`: none went; rows that came are not seen. */
  readonly isolation: Isolation;
  /** Data files that position deletes of the change point into: they must still be there. */
  readonly referenced?: readonly DataFile[];
}

/** The change has the rows of some files in other files: nobody may have deleted rows of these by position. */
export interface FilesRewritten {
  readonly from: SnapshotId;
  readonly rewritten: readonly DataFile[];
}

/** The change replaces whole partitions. */
export interface PartitionsReplaced {
  /** Undefined: the table was empty. */
  readonly from: SnapshotId | undefined;
  readonly partitionsOf: readonly DataFile[];
  /** `serializable`: nothing changed in them meanwhile. `snapshot`: no row went from them; what came is replaced, too. */
  readonly isolation: Isolation;
}

/** What a change tolerates of others that commit meanwhile. */
export type Isolation = "serializable" | "snapshot";

/** Why a change of another commit rules this one out; undefined: it does not. */
type Judge = (entry: ManifestEntry, snapshot: Snapshot) => string | undefined;

/**
 * Looks at every snapshot that came after the one a change was computed from.
 * @throws IcebergError `VALIDATION_FAILED` when one of them did what the change rules out; repeating it needs a new look at
 * the table
 */
export async function refuseConflicts(
  check: ConflictCheck,
  head: Snapshot | undefined,
  base: TableMetadata,
  attempt: CommitAttempt,
): Promise<void> {
  const judge = judgeOf(check, base);
  for (const snapshot of snapshotsSince(base, head, check.from)) {
    for await (const entry of changedEntries(snapshot, base, attempt)) {
      const reason = judge(entry, snapshot);
      if (reason !== undefined) throw conflict(`snapshot ${snapshot.snapshotId} ${reason}`);
    }
  }
}

function judgeOf(check: ConflictCheck, base: TableMetadata): Judge {
  if ("rewritten" in check) return judgeRewrite(check);
  return "partitionsOf" in check ? judgeReplacement(check) : judgeRead(check, base);
}

function judgeRead({ filter, isolation, referenced = [] }: RowsRead, base: TableMetadata): Judge {
  const pruner = filePruner(bind(filter ?? alwaysTrue, currentSchema(base)), base.partitionSpecs);
  const needed = new Set(referenced.map((file) => file.filePath));
  return ({ status, dataFile: file }, { summary }) => {
    if (status === "deleted" && needed.has(file.filePath)) return `removed ${file.filePath}, into which deletes point`;
    // What only moved rows to other files neither brought nor took any.
    if (summary.operation === "replace") return undefined;
    return file.content === "data" ? judgeData(status, file) : judgeDelete(status, file);
  };

  function judgeDelete(status: EntryStatus, file: DataFile): string | undefined {
    const hits = status === "added" && pruner.keepsPartition(file);
    return hits ? `deleted rows that were read, by ${file.filePath}` : undefined;
  }

  function judgeData(status: EntryStatus, file: DataFile): string | undefined {
    if (!pruner.keepsFile(file)) return undefined;
    if (status === "deleted") return `removed rows that were read, with ${file.filePath}`;
    return isolation === "serializable" ? `added rows that would have been read, in ${file.filePath}` : undefined;
  }
}

const keyOf = ({ specId, partition }: DataFile): string => partitionKey(specId, partition);

function judgeReplacement({ partitionsOf, isolation }: PartitionsReplaced): Judge {
  const partitions = new Set(partitionsOf.map(keyOf));
  return ({ dataFile: file, status }, { summary }) => {
    if (summary.operation === "replace" || !partitions.has(keyOf(file))) return undefined;
    if (isolation === "snapshot" && status === "added" && file.content === "data") return undefined;
    return `${status} ${file.filePath} in a partition that is to be replaced`;
  };
}

function judgeRewrite({ rewritten }: FilesRewritten): Judge {
  const partitions = new Set(rewritten.map(keyOf));
  return ({ status, dataFile: file }) => {
    const mayPointInto = status === "added" && file.content === "position-deletes" && partitions.has(keyOf(file));
    return mayPointInto ? `deleted rows by position, with ${file.filePath}, in files that were rewritten` : undefined;
  };
}

function conflict(what: string): IcebergError {
  return new IcebergError("VALIDATION_FAILED", `${what}; compute the change anew from the table as it is`);
}

function snapshotsSince(
  base: TableMetadata,
  head: Snapshot | undefined,
  from: SnapshotId | undefined,
): readonly Snapshot[] {
  const since: Snapshot[] = [];
  for (const snapshot of ancestorsOf(base, head?.snapshotId)) {
    if (snapshot.snapshotId === from) return since;
    since.push(snapshot);
  }
  if (from === undefined) return since;
  throw conflict(`snapshot ${from}, from which the change was computed, is not in the table's history any more`);
}

/** What a snapshot itself added and removed. */
export async function* changedEntries(
  snapshot: Snapshot,
  base: TableMetadata,
  { files }: CommitAttempt,
): AsyncGenerator<ManifestEntry> {
  const own = (manifest: ManifestFile) => manifest.addedSnapshotId === snapshot.snapshotId;
  const manifests = await readManifestsOf(snapshot, (location) => files.read(location));
  for (const manifest of manifests.filter(own)) {
    const spec = requirePartitionSpec(base, manifest.partitionSpecId);
    const bytes = await files.read(manifest.manifestPath);
    for (const entry of readManifest(bytes, manifest, { spec, schema: schemaOfSpec(base, spec) })) {
      if (entry.status !== "existing" && entry.snapshotId === snapshot.snapshotId) yield entry;
    }
  }
}
