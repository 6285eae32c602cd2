import { IcebergError } from "../errors.ts";
import { readManifestList } from "../manifest/read-manifest-list.ts";
import { type UncommittedManifest, withSequenceNumber, writeManifest } from "../manifest/write-manifest.ts";
import { writeManifestList } from "../manifest/write-manifest-list.ts";
import { type SnapshotId, type SpecId, sequenceNumber, timestampMs } from "../spec/ids.ts";
import type { DataFile, ManifestFile } from "../spec/manifest.ts";
import { requirePartitionSpec } from "../spec/require-in-metadata.ts";
import { mainBranch, type Snapshot } from "../spec/snapshot.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import { currentSchema, findSnapshot } from "../spec/table-metadata-lookups.ts";
import type { CommitAttempt, TransactionAction } from "./action.ts";
import { mainAt } from "./main-branch.ts";
import { appendSummary } from "./snapshot-summary.ts";
import { metadataFileLocation } from "./table-locations.ts";

export interface AppendOptions {
  /** Goes into the snapshot's summary, for example an idempotency key. */
  readonly summary?: Readonly<Record<string, string>>;
}

/** What does not depend on the base and is kept when the commit has to be repeated. */
interface PreparedAppend {
  readonly uuid: string;
  readonly snapshotId: SnapshotId;
  readonly manifests: readonly UncommittedManifest[];
}

/**
 * Adds data files in a new snapshot on `main`, in manifests of their own. No existing manifest is rewritten, and after a
 * conflict only the manifest list is.
 */
export function fastAppend(files: readonly DataFile[], options: AppendOptions = {}): TransactionAction {
  let prepared: PreparedAppend | undefined;
  let refusedManifestList: string | undefined;
  return {
    apply: async (base, attempt) => {
      if (refusedManifestList !== undefined) await attempt.files.discard(refusedManifestList);
      prepared ??= await prepare(files, base, attempt);
      const snapshot = await writeSnapshot(files, options, prepared, base, attempt);
      refusedManifestList = snapshot.manifestList;
      return [
        { action: "add-snapshot", snapshot },
        { action: "set-snapshot-ref", refName: mainBranch, ref: mainAt(base, snapshot.snapshotId) },
      ];
    },
  };
}

async function prepare(
  files: readonly DataFile[],
  base: TableMetadata,
  { environment, files: storage }: CommitAttempt,
): Promise<PreparedAppend> {
  checkAppendable(files, base);
  const uuid = environment.uuid();
  const snapshotId = unusedSnapshotId(base, () => environment.snapshotId());
  const manifests: UncommittedManifest[] = [];
  for (const [specId, filesOfSpec] of groupBySpec(files)) {
    const { bytes, manifest } = writeManifest({
      path: metadataFileLocation(base, `${uuid}-m${manifests.length}.avro`),
      content: "data",
      snapshotId,
      schema: currentSchema(base),
      spec: requirePartitionSpec(base, specId),
      entries: filesOfSpec.map((dataFile) => ({ status: "added", snapshotId, dataFile })),
    });
    await storage.write(manifest.manifestPath, bytes);
    manifests.push(manifest);
  }
  return { uuid, snapshotId, manifests };
}

async function writeSnapshot(
  files: readonly DataFile[],
  { summary = {} }: AppendOptions,
  { uuid, snapshotId, manifests }: PreparedAppend,
  base: TableMetadata,
  { number, environment, files: storage }: CommitAttempt,
): Promise<Snapshot> {
  const parent = findSnapshot(base, base.currentSnapshotId);
  const next = sequenceNumber(base.lastSequenceNumber + 1n);
  const manifestList = metadataFileLocation(base, `snap-${snapshotId}-${number}-${uuid}.avro`);
  const snapshot: Snapshot = {
    snapshotId,
    ...(parent && { parentSnapshotId: parent.snapshotId }),
    sequenceNumber: next,
    // A clock that lags behind another writer's must not make the history run backwards.
    timestampMs: timestampMs(Math.max(environment.now(), base.lastUpdatedMs)),
    manifestList,
    summary: appendSummary(files, parent, summary),
    schemaId: base.currentSchemaId,
  };
  const inherited: readonly ManifestFile[] = parent ? readManifestList(await storage.read(parent.manifestList)) : [];
  const added = manifests.map((manifest) => withSequenceNumber(manifest, next));
  await storage.write(manifestList, writeManifestList(snapshot, [...added, ...inherited]));
  return snapshot;
}

function checkAppendable(files: readonly DataFile[], base: TableMetadata): void {
  if (base.formatVersion !== 2) {
    throw new IcebergError("UNSUPPORTED", "only tables of format version 2 can be written; upgrade the table first");
  }
  const paths = new Set<string>();
  for (const { filePath, content, partition, specId } of files) {
    const problem =
      (paths.has(filePath) && "is given twice") ||
      (content !== "data" && `holds ${content}, which an append cannot add`) ||
      (requirePartitionSpec(base, specId).fields.length !== partition.length &&
        `has ${partition.length} partition values, which spec ${specId} does not`);
    if (problem) throw new IcebergError("INVALID_ARGUMENT", `cannot append ${filePath}: it ${problem}`);
    paths.add(filePath);
  }
}

function groupBySpec(files: readonly DataFile[]): ReadonlyMap<SpecId, readonly DataFile[]> {
  const groups = new Map<SpecId, DataFile[]>();
  for (const file of files) {
    const group = groups.get(file.specId);
    if (group === undefined) groups.set(file.specId, [file]);
    else group.push(file);
  }
  return groups;
}

function unusedSnapshotId(base: TableMetadata, draw: () => SnapshotId): SnapshotId {
  let id = draw();
  while (findSnapshot(base, id) !== undefined) id = draw();
  return id;
}
