import { IcebergError } from "../errors.ts";
import { readManifest } from "../manifest/read-manifest.ts";
import { type UncommittedManifest, writeManifest } from "../manifest/write-manifest.ts";
import { hasLiveFiles } from "../scan/file-pruner.ts";
import { branchHead } from "../spec/branch.ts";
import type { ManifestEntry, ManifestFile } from "../spec/manifest.ts";
import { requirePartitionSpec } from "../spec/require-in-metadata.ts";
import { schemaOfSpec } from "../spec/schema-of-spec.ts";
import { mainBranch } from "../spec/snapshot.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import { tableProperties } from "../spec/table-properties.ts";
import type { CommitAttempt, TransactionAction } from "./action.ts";
import { comparePartitions } from "./compare-partitions.ts";
import { type ManifestGroup, manifestGroups } from "./manifest-groups.ts";
import { snapshotTarget } from "./snapshot-options.ts";
import { newSnapshotIdentity, parentManifests, type SnapshotIdentity, writeSnapshot } from "./snapshot-producer.ts";
import { changeSummary } from "./snapshot-summary.ts";
import { metadataFileLocation } from "./table-locations.ts";

export interface RewriteManifestsOptions {
  /** How large manifests should be, in bytes. Default: `commit.manifest.target-size-bytes` of the table. */
  readonly targetSizeBytes?: number;
  /** Which manifests to rewrite. Default: all that gain by it. */
  readonly selects?: (manifest: ManifestFile) => boolean;
  /** Default: `main`. */
  readonly branch?: string;
}

/** A group's new manifests: they can be kept for as long as those that they stand for are in the table. */
interface Rewritten {
  readonly manifests: readonly UncommittedManifest[];
  readonly entries: number;
}

/**
 * Lays out a table's manifests anew: files of a partition stand together, in manifests of the size that the table wants,
 * so that a scan opens few. No file changes, nor the age of any; the snapshot is a `replace`, which incremental readers
 * pass over. A table that would gain nothing is left alone.
 */
export function rewriteManifests(options: RewriteManifestsOptions = {}): TransactionAction {
  const target = snapshotTarget({ branch: options.branch ?? mainBranch });
  const memory = new Map<string, Rewritten>();
  let identity: SnapshotIdentity | undefined;
  return {
    apply: async (base, attempt) => {
      const targetBytes = options.targetSizeBytes ?? tableProperties(base.properties).manifestMerge.targetSizeBytes;
      const parents = (await parentManifests(base, target, attempt)).filter(hasLiveFiles);
      const groups = manifestGroups(parents.filter(options.selects ?? (() => true)), targetBytes);
      if (groups.length === 0) return [];
      identity ??= newSnapshotIdentity(base, attempt);
      const written: UncommittedManifest[] = [];
      let processed = 0;
      for (const group of groups) {
        const key = group.manifests.map(({ manifestPath }) => manifestPath).join("\n");
        const rewritten = memory.get(key) ?? (await rewriteGroup(group, identity, base, attempt));
        memory.set(key, rewritten);
        written.push(...rewritten.manifests);
        processed += rewritten.entries;
      }
      const replaced = new Set(groups.flatMap(({ manifests }) => manifests));
      const inherited = parents.filter((manifest) => !replaced.has(manifest));
      const counts = {
        "manifests-created": String(written.length),
        "manifests-kept": String(inherited.length),
        "manifests-replaced": String(replaced.size),
        "entries-processed": String(processed),
      };
      const parent = branchHead(base, target.branch);
      const summary = changeSummary("replace", { added: [], removed: [] }, parent, counts);
      return writeSnapshot({ written, inherited, summary }, identity, target, base, attempt);
    },
  };
}

async function rewriteGroup(
  { manifests, entriesPerManifest }: ManifestGroup,
  { snapshotId }: SnapshotIdentity,
  base: TableMetadata,
  { environment, files }: CommitAttempt,
): Promise<Rewritten> {
  const [first] = manifests;
  if (first === undefined) throw new IcebergError("INVALID_ARGUMENT", "a group of manifests has at least one");
  const spec = requirePartitionSpec(base, first.partitionSpecId);
  const schema = schemaOfSpec(base, spec);
  const entries: ManifestEntry[] = [];
  for (const manifest of manifests) {
    const bytes = await files.read(manifest.manifestPath);
    const live = [...readManifest(bytes, manifest, { spec, schema })].filter(({ status }) => status !== "deleted");
    entries.push(...live.map((entry): ManifestEntry => ({ ...entry, status: "existing" })));
  }
  entries.sort((a, b) => comparePartitions(a.dataFile.partition, b.dataFile.partition));
  const perManifest = entriesPerManifest(entries.length);
  const written: UncommittedManifest[] = [];
  for (let start = 0; start < entries.length; start += perManifest) {
    const path = metadataFileLocation(base, `${environment.uuid()}-m0.avro`);
    const part = entries.slice(start, start + perManifest);
    const { bytes, manifest } = writeManifest({
      path,
      content: first.content,
      snapshotId,
      schema,
      spec,
      entries: part,
    });
    await files.write(path, bytes);
    written.push(manifest);
  }
  return { manifests: written, entries: entries.length };
}
