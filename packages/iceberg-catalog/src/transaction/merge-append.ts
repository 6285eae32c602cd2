import type { NewManifestEntry } from "../manifest/entry-encoding.ts";
import { readManifest } from "../manifest/read-manifest.ts";
import { type UncommittedManifest, writeManifest } from "../manifest/write-manifest.ts";
import { hasLiveFiles } from "../scan/file-pruner.ts";
import { branchHead } from "../spec/branch.ts";
import type { DataFile, ManifestFile } from "../spec/manifest.ts";
import { requirePartitionSpec } from "../spec/require-in-metadata.ts";
import { schemaOfSpec } from "../spec/schema-of-spec.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import { tableProperties } from "../spec/table-properties.ts";
import type { CommitAttempt, TransactionAction } from "./action.ts";
import { DuplicateCheck } from "./duplicate-check.ts";
import { type AppendOptions, refuseDeletes } from "./fast-append.ts";
import { manifestBins } from "./manifest-bins.ts";
import { snapshotTarget } from "./snapshot-options.ts";
import {
  type EncodedManifest,
  encodeAddedFiles,
  newSnapshotIdentity,
  parentManifests,
  type SnapshotIdentity,
  writeSnapshot,
} from "./snapshot-producer.ts";
import { changeSummary } from "./snapshot-summary.ts";
import { metadataFileLocation } from "./table-locations.ts";

/** A manifest of the new snapshot before it is decided what becomes of it. */
type Candidate =
  | { readonly kind: "fresh"; readonly encoded: EncodedManifest }
  | { readonly kind: "inherited"; readonly manifest: ManifestFile };

/** What merging keeps between the attempts of one commit. */
interface MergeMemory {
  readonly identity: SnapshotIdentity;
  readonly fresh: readonly EncodedManifest[];
  /** By the paths of what was merged, or of the one manifest that was written as it is. */
  readonly written: Map<string, UncommittedManifest>;
}

/**
 * Adds data files in a new snapshot, and merges manifests where many small ones have gathered, so that planning a scan
 * stays cheap (`commit.manifest-merge.enabled`, `commit.manifest.min-count-to-merge`, `commit.manifest.target-size-bytes`).
 * After a conflict only manifests that were not merged before are.
 */
export function mergeAppend(files: readonly DataFile[], options: AppendOptions = {}): TransactionAction {
  const target = snapshotTarget(options);
  const duplicates = options.checkDuplicates ? new DuplicateCheck(files) : undefined;
  let memory: MergeMemory | undefined;
  return {
    apply: async (base, attempt) => {
      memory ??= prepare(files, base, attempt);
      const parents = await parentManifests(base, target, attempt);
      await duplicates?.refuse(parents, base, attempt);
      const { written, inherited } = await merge(memory, parents, base, attempt);
      const summary = changeSummary(
        "append",
        { added: files, removed: [] },
        branchHead(base, target.branch),
        target.summary,
      );
      return writeSnapshot({ written, inherited, summary }, memory.identity, target, base, attempt);
    },
  };
}

function prepare(files: readonly DataFile[], base: TableMetadata, attempt: CommitAttempt): MergeMemory {
  refuseDeletes(files);
  const identity = newSnapshotIdentity(base, attempt);
  return { identity, fresh: encodeAddedFiles(files, identity, base), written: new Map() };
}

async function merge(
  memory: MergeMemory,
  parents: readonly ManifestFile[],
  base: TableMetadata,
  attempt: CommitAttempt,
) {
  const { isEnabled, minCountToMerge, targetSizeBytes } = tableProperties(base.properties).manifestMerge;
  const candidates = [
    ...memory.fresh.map((encoded) => candidateOf({ kind: "fresh", encoded })),
    ...parents.filter(hasLiveFiles).map((manifest) => candidateOf({ kind: "inherited", manifest })),
  ];
  const bins = isEnabled ? manifestBins(candidates, targetSizeBytes) : candidates.map((candidate) => [candidate]);
  const newest = newestOfEachGroup(candidates);
  const written: UncommittedManifest[] = [];
  const inherited: ManifestFile[] = [];
  for (const bin of bins) {
    // The newest bin still grows: merging it at every commit would write the same rows over and over.
    const isGathering = bin.length < minCountToMerge && bin.some((candidate) => newest.has(candidate));
    const parts = bin.length === 1 || isGathering ? bin.map((candidate) => [candidate]) : [bin];
    for (const part of parts) {
      const [only] = part;
      if (part.length === 1 && only?.candidate.kind === "inherited") inherited.push(only.candidate.manifest);
      else written.push(await writtenOnce(memory, part, base, attempt));
    }
  }
  return { written, inherited };
}

const candidateOf = (candidate: Candidate) => {
  const { content, partitionSpecId, manifestLength, manifestPath } = manifestOf(candidate);
  return { candidate, content, partitionSpecId, manifestLength, manifestPath };
};
type Packed = ReturnType<typeof candidateOf>;

const manifestOf = (candidate: Candidate): UncommittedManifest =>
  candidate.kind === "fresh" ? candidate.encoded.manifest : candidate.manifest;

function newestOfEachGroup(candidates: readonly Packed[]): ReadonlySet<Packed> {
  const newest = new Map<string, Packed>();
  for (const candidate of candidates) {
    const key = `${candidate.content} ${candidate.partitionSpecId}`;
    if (!newest.has(key)) newest.set(key, candidate);
  }
  return new Set(newest.values());
}

async function writtenOnce(
  { identity, written }: MergeMemory,
  part: readonly Packed[],
  base: TableMetadata,
  attempt: CommitAttempt,
): Promise<UncommittedManifest> {
  const key = part.map(({ manifestPath }) => manifestPath).join("\n");
  const known = written.get(key);
  if (known !== undefined) return known;
  const { bytes, manifest } =
    part.length === 1 && part[0]?.candidate.kind === "fresh"
      ? part[0].candidate.encoded
      : await merged(part, identity, base, attempt);
  await attempt.files.write(manifest.manifestPath, bytes);
  written.set(key, manifest);
  return manifest;
}

async function merged(
  part: readonly Packed[],
  { snapshotId }: SnapshotIdentity,
  base: TableMetadata,
  attempt: CommitAttempt,
): Promise<{ readonly bytes: Uint8Array; readonly manifest: UncommittedManifest }> {
  const [first] = part as readonly [Packed];
  const spec = requirePartitionSpec(base, first.partitionSpecId);
  const schema = schemaOfSpec(base, spec);
  const entries: NewManifestEntry[] = [];
  for (const { candidate } of part) {
    if (candidate.kind === "fresh") entries.push(...candidate.encoded.entries);
    else entries.push(...(await liveEntries(candidate.manifest, base, attempt)));
  }
  const path = metadataFileLocation(base, `${attempt.environment.uuid()}-m0.avro`);
  return writeManifest({ path, content: first.content, snapshotId, schema, spec, entries });
}

/** The files that are in the table, under the numbers they have; what was deleted before need not be told again. */
async function liveEntries(
  manifest: ManifestFile,
  base: TableMetadata,
  { files }: CommitAttempt,
): Promise<readonly NewManifestEntry[]> {
  const spec = requirePartitionSpec(base, manifest.partitionSpecId);
  const bytes = await files.read(manifest.manifestPath);
  return [...readManifest(bytes, manifest, { spec, schema: schemaOfSpec(base, spec) })]
    .filter(({ status }) => status !== "deleted")
    .map((entry) => ({ ...entry, status: "existing" }));
}
