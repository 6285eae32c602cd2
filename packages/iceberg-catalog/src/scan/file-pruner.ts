import { type BoundPredicate, type ColumnTerm, referencedColumns } from "../expr/bound-predicate.ts";
import { columnRange, summaryRange } from "../expr/known-ranges.ts";
import { mightMatch } from "../expr/might-match.ts";
import type { Predicate } from "../expr/predicate.ts";
import { projectInclusive } from "../expr/project.ts";
import { fileResidual, partitionResidual, unbind } from "../expr/residual.ts";
import { singleValueRange } from "../expr/value-range.ts";
import type { FileFacts } from "../spec/file-facts.ts";
import type { FieldId, SpecId } from "../spec/ids.ts";
import type { ManifestFile, PartitionTuple } from "../spec/manifest.ts";
import type { PartitionSpec } from "../spec/partition-spec.ts";
import { requireField, type Schema } from "../spec/schema.ts";
import { unlessRepeated } from "./unless-repeated.ts";

/** Decides from what manifests say which of them, and which files, may hold a row that the filter wants. */
export interface FilePruner {
  /** The columns whose statistics are looked at. */
  readonly columns: ReadonlySet<FieldId>;
  /** By the partitions of its files. */
  keepsPartitions(manifest: ManifestFile): boolean;
  /** By the partitions of its files, and whether any of them is alive. */
  keepsManifest(manifest: ManifestFile): boolean;
  /** By the partition alone: what a delete file is asked. */
  keepsPartition(file: FileFacts): boolean;
  /** By the partition and the column statistics. */
  keepsFile(file: FileFacts): boolean;
  /** What neither guarantees. */
  residualOf(file: FileFacts): Predicate;
}

export function filePruner(filter: BoundPredicate<ColumnTerm>, specs: readonly PartitionSpec[]): FilePruner {
  const projections = new Map(specs.map((spec) => [spec.specId, projectInclusive(filter, spec)]));
  const projectionOf = (id: SpecId) => projections.get(id) ?? ({ op: "true" } as const);
  const matches = unlessRepeated((specId: SpecId, partition: PartitionTuple) =>
    mightMatch(projectionOf(specId), (term) => singleValueRange(partition[term.position] ?? null)),
  );
  const keepsPartition = ({ specId, partition }: FileFacts): boolean => matches(specId, partition);
  const keepsPartitions = (manifest: ManifestFile): boolean =>
    mightMatch(projectionOf(manifest.partitionSpecId), (term) =>
      summaryRange(manifest.partitions?.[term.position], term.type),
    );
  const residuals = new Map(specs.map((spec) => [spec.specId, partitionResidual(filter, spec)]));
  const residualOf = unlessRepeated(
    (specId: SpecId, partition: PartitionTuple) => residuals.get(specId)?.(partition) ?? filter,
  );
  return {
    columns: referencedColumns(filter),
    keepsPartitions,
    keepsManifest: (manifest) => hasLiveFiles(manifest) && keepsPartitions(manifest),
    keepsPartition,
    keepsFile: (file) => {
      const residual = residualOf(file.specId, file.partition);
      if (residual.op === "false") return false;
      return file.recordCount !== 0n && mightMatch(residual, (term) => columnRange(file, term));
    },
    residualOf: (file) => unbind(fileResidual(residualOf(file.specId, file.partition), file)),
  };
}

/** The columns that statistics are decoded for: those the pruner looks at, and those the caller asks for by name. */
export function columnsWithStats(schema: Schema, pruner: FilePruner, names: readonly string[]): ReadonlySet<FieldId> {
  return new Set([...pruner.columns, ...names.map((name) => requireField(schema, name).id)]);
}

/** Whether a manifest names files that are in its snapshot; where it does not count them, it may. */
export const hasLiveFiles = ({ counts }: ManifestFile): boolean =>
  counts === undefined || counts.addedFiles + counts.existingFiles > 0;
