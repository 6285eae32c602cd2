import { readManifestsOf } from "../manifest/inline-manifests.ts";
import type { SchemaId, SpecId } from "../spec/ids.ts";
import { schemaOfSpec } from "../spec/schema-of-spec.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import type { TableUpdate } from "../spec/table-update.ts";
import type { CommitAttempt, TransactionAction } from "./action.ts";

/** Removes schemas and partition specs that neither a snapshot nor the table as it is needs. */
export function removeUnusedDefinitions(): TransactionAction {
  return {
    apply: async (base, attempt) => {
      const specsInUse = await specsOfSnapshots(base, attempt);
      const kept = base.partitionSpecs.filter(({ specId }) => specId === base.defaultSpecId || specsInUse.has(specId));
      const schemasInUse = new Set<SchemaId>([
        base.currentSchemaId,
        ...base.snapshots.flatMap(({ schemaId }) => schemaId ?? []),
        // Partition values of columns that are gone are typed by the schema that had them.
        ...kept.map((spec) => schemaOfSpec(base, spec).schemaId),
      ]);
      const specIds = base.partitionSpecs.filter((spec) => !kept.includes(spec)).map(({ specId }) => specId);
      const schemaIds = base.schemas.map(({ schemaId }) => schemaId).filter((id) => !schemasInUse.has(id));
      const updates: TableUpdate[] = [];
      if (specIds.length > 0) updates.push({ action: "remove-partition-specs", specIds });
      if (schemaIds.length > 0) updates.push({ action: "remove-schemas", schemaIds });
      return updates;
    },
  };
}

async function specsOfSnapshots({ snapshots }: TableMetadata, { files }: CommitAttempt): Promise<ReadonlySet<SpecId>> {
  const specs = new Set<SpecId>();
  for (const snapshot of snapshots) {
    const manifests = await readManifestsOf(snapshot, (location) => files.read(location));
    for (const { partitionSpecId } of manifests) specs.add(partitionSpecId);
  }
  return specs;
}
