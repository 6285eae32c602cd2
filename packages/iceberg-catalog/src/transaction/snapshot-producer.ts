import { IcebergError } from "../errors.ts";
import { readManifestsOf } from "../manifest/inline-manifests.ts";
import { type UncommittedManifest, withSequenceNumber, writeManifest } from "../manifest/write-manifest.ts";
import { writeManifestList } from "../manifest/write-manifest-list.ts";
import { type SequenceNumber, type SnapshotId, type SpecId, sequenceNumber, timestampMs } from "../spec/ids.ts";
import type { DataFile, ManifestFile } from "../spec/manifest.ts";
import { requirePartitionSpec } from "../spec/require-in-metadata.ts";
import { mainBranch, type Snapshot, type SnapshotSummary } from "../spec/snapshot.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import { currentSchema, findSnapshot } from "../spec/table-metadata-lookups.ts";
import type { TableUpdate } from "../spec/table-update.ts";
import type { CommitAttempt } from "./action.ts";
import { mainAt } from "./main-branch.ts";
import { metadataFileLocation } from "./table-locations.ts";

/** What a new snapshot is called; it stays the same however often the commit has to be repeated. */
export interface SnapshotIdentity {
  readonly uuid: string;
  readonly snapshotId: SnapshotId;
}

/** What a snapshot consists of, on a given base. */
export interface SnapshotContent {
  /** Manifests of this commit; they get its sequence number. */
  readonly written: readonly UncommittedManifest[];
  /** Manifests of the parent that go on unchanged. */
  readonly inherited: readonly ManifestFile[];
  readonly summary: SnapshotSummary;
}

/** Draws the identity of a snapshot of this table. @throws IcebergError `UNSUPPORTED` for a table that cannot be written */
export function newSnapshotIdentity(base: TableMetadata, { environment }: CommitAttempt): SnapshotIdentity {
  if (base.formatVersion !== 2) {
    throw new IcebergError("UNSUPPORTED", "only tables of format version 2 can be written; upgrade the table first");
  }
  const uuid = environment.uuid();
  let snapshotId = environment.snapshotId();
  while (findSnapshot(base, snapshotId) !== undefined) snapshotId = environment.snapshotId();
  return { uuid, snapshotId };
}

/** The manifests that the table's snapshot lists; none while it is empty. */
export async function parentManifests(base: TableMetadata, { files }: CommitAttempt): Promise<readonly ManifestFile[]> {
  const parent = findSnapshot(base, base.currentSnapshotId);
  return parent === undefined ? [] : readManifestsOf(parent, (location) => files.read(location));
}

export interface AddedFileOptions {
  readonly content?: ManifestFile["content"];
  /** How old the rows are, when they are not as new as the commit. */
  readonly dataSequenceNumber?: SequenceNumber | undefined;
}

/** Writes manifests for files that are new in the table, one for each spec and content. */
export async function writeAddedFiles(
  added: readonly DataFile[],
  { uuid, snapshotId }: SnapshotIdentity,
  base: TableMetadata,
  { files: storage }: CommitAttempt,
  { content = "data", dataSequenceNumber }: AddedFileOptions = {},
): Promise<readonly UncommittedManifest[]> {
  checkAddable(added, base);
  const manifests: UncommittedManifest[] = [];
  for (const [specId, filesOfSpec] of groupBySpec(added)) {
    const { bytes, manifest } = writeManifest({
      path: metadataFileLocation(base, `${uuid}-${content === "data" ? "m" : "d"}${manifests.length}.avro`),
      content,
      snapshotId,
      schema: currentSchema(base),
      spec: requirePartitionSpec(base, specId),
      entries: filesOfSpec.map((dataFile) => ({
        status: "added",
        snapshotId,
        dataFile,
        ...(dataSequenceNumber !== undefined && { dataSequenceNumber }),
      })),
    });
    await storage.write(manifest.manifestPath, bytes);
    manifests.push(manifest);
  }
  return manifests;
}

/** Writes the manifest list of a snapshot, and gives the updates that put the snapshot on `main`. */
export async function writeSnapshot(
  { written, inherited, summary }: SnapshotContent,
  { uuid, snapshotId }: SnapshotIdentity,
  base: TableMetadata,
  { number, environment, files }: CommitAttempt,
): Promise<{ readonly manifestList: string; readonly updates: readonly TableUpdate[] }> {
  const parentSnapshotId = base.currentSnapshotId;
  const next = sequenceNumber(base.lastSequenceNumber + 1n);
  const manifestList = metadataFileLocation(base, `snap-${snapshotId}-${number}-${uuid}.avro`);
  const snapshot: Snapshot = {
    snapshotId,
    ...(parentSnapshotId !== undefined && { parentSnapshotId }),
    sequenceNumber: next,
    // A clock that lags behind another writer's must not make the history run backwards.
    timestampMs: timestampMs(Math.max(environment.now(), base.lastUpdatedMs)),
    manifestList,
    summary,
    schemaId: base.currentSchemaId,
  };
  const manifests = [...written.map((manifest) => withSequenceNumber(manifest, next)), ...inherited];
  await files.write(manifestList, writeManifestList(snapshot, manifests));
  return {
    manifestList,
    updates: [
      { action: "add-snapshot", snapshot },
      { action: "set-snapshot-ref", refName: mainBranch, ref: mainAt(base, snapshotId) },
    ],
  };
}

function checkAddable(files: readonly DataFile[], base: TableMetadata): void {
  const paths = new Set<string>();
  for (const { filePath, partition, specId } of files) {
    const fields = requirePartitionSpec(base, specId).fields.length;
    const problem =
      (paths.has(filePath) && "is given twice") ||
      (fields !== partition.length && `has ${partition.length} partition values, which spec ${specId} does not`);
    if (problem) throw new IcebergError("INVALID_ARGUMENT", `cannot add ${filePath}: it ${problem}`);
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
