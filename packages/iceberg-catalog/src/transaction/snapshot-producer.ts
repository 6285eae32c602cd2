import { IcebergError } from "../errors.ts";
import type { NewManifestEntry } from "../manifest/entry-encoding.ts";
import { readManifestsOf } from "../manifest/inline-manifests.ts";
import { type UncommittedManifest, withSequenceNumber, writeManifest } from "../manifest/write-manifest.ts";
import { writeManifestList } from "../manifest/write-manifest-list.ts";
import { branchAt, branchHead } from "../spec/branch.ts";
import { groupBy } from "../spec/group-by.ts";
import { type SequenceNumber, type SnapshotId, sequenceNumber, timestampMs } from "../spec/ids.ts";
import type { DataFile, ManifestFile } from "../spec/manifest.ts";
import { requirePartitionSpec } from "../spec/require-in-metadata.ts";
import { schemaOfSpec } from "../spec/schema-of-spec.ts";
import type { Snapshot, SnapshotSummary } from "../spec/snapshot.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import { findSnapshot } from "../spec/table-metadata-lookups.ts";
import type { TableUpdate } from "../spec/table-update.ts";
import type { CommitAttempt } from "./action.ts";
import { refuseTakenWapId, type SnapshotTarget } from "./snapshot-options.ts";
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

/** The manifests that the branch's snapshot lists; none while it is empty. */
export async function parentManifests(
  base: TableMetadata,
  { branch }: SnapshotTarget,
  { files }: CommitAttempt,
): Promise<readonly ManifestFile[]> {
  const parent = branchHead(base, branch);
  return parent === undefined ? [] : readManifestsOf(parent, (location) => files.read(location));
}

export interface AddedFileOptions {
  readonly content?: ManifestFile["content"];
  /** How old the rows are, when they are not as new as the commit. */
  readonly dataSequenceNumber?: SequenceNumber | undefined;
}

/** A manifest that is not written yet. */
export interface EncodedManifest {
  readonly bytes: Uint8Array;
  readonly manifest: UncommittedManifest;
  readonly entries: readonly NewManifestEntry[];
}

/** Manifests for files that are new in the table, one for each spec and content. */
export function encodeAddedFiles(
  added: readonly DataFile[],
  { uuid, snapshotId }: SnapshotIdentity,
  base: TableMetadata,
  { content = "data", dataSequenceNumber }: AddedFileOptions = {},
): readonly EncodedManifest[] {
  checkAddable(added, base);
  return [...groupBy(added, (file) => file.specId)].map(([specId, filesOfSpec], i) => {
    const entries = filesOfSpec.map(
      (dataFile): NewManifestEntry => ({
        status: "added",
        snapshotId,
        dataFile,
        ...(dataSequenceNumber !== undefined && { dataSequenceNumber }),
      }),
    );
    const path = metadataFileLocation(base, `${uuid}-${content === "data" ? "m" : "d"}${i}.avro`);
    const spec = requirePartitionSpec(base, specId);
    return {
      ...writeManifest({ path, content, snapshotId, schema: schemaOfSpec(base, spec), spec, entries }),
      entries,
    };
  });
}

/** Writes manifests for files that are new in the table, one for each spec and content. */
export async function writeAddedFiles(
  added: readonly DataFile[],
  identity: SnapshotIdentity,
  base: TableMetadata,
  { files }: CommitAttempt,
  options: AddedFileOptions = {},
): Promise<readonly UncommittedManifest[]> {
  const encoded = encodeAddedFiles(added, identity, base, options);
  for (const { bytes, manifest } of encoded) await files.write(manifest.manifestPath, bytes);
  return encoded.map(({ manifest }) => manifest);
}

/** Writes the manifest list of a snapshot, and gives the updates that put the snapshot where it belongs. */
export async function writeSnapshot(
  { written, inherited, summary }: SnapshotContent,
  { uuid, snapshotId }: SnapshotIdentity,
  target: SnapshotTarget,
  base: TableMetadata,
  { number, environment, files }: CommitAttempt,
): Promise<readonly TableUpdate[]> {
  refuseTakenWapId(base, target);
  const parent = branchHead(base, target.branch);
  const next = sequenceNumber(base.lastSequenceNumber + 1n);
  const manifestList = metadataFileLocation(base, `snap-${snapshotId}-${number}-${uuid}.avro`);
  const snapshot: Snapshot = {
    snapshotId,
    ...(parent !== undefined && { parentSnapshotId: parent.snapshotId }),
    sequenceNumber: next,
    // A clock that lags behind another writer's must not make the history run backwards.
    timestampMs: timestampMs(Math.max(environment.now(), base.lastUpdatedMs)),
    manifestList,
    summary,
    schemaId: base.currentSchemaId,
  };
  const manifests = [...written.map((manifest) => withSequenceNumber(manifest, next)), ...inherited];
  await files.write(manifestList, writeManifestList(snapshot, manifests));
  files.use([manifestList, ...manifests.map(({ manifestPath }) => manifestPath)]);
  const added: TableUpdate = { action: "add-snapshot", snapshot };
  if (target.isStaged) return [added];
  const ref = branchAt(base, target.branch, snapshotId);
  return [added, { action: "set-snapshot-ref", refName: target.branch, ref }];
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
