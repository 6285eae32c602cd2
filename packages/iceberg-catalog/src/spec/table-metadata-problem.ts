import { mainBranch } from "./snapshot.ts";
import type { TableMetadata } from "./table-metadata.ts";

/** The first reference inside the metadata that leads nowhere, for people; undefined when it is whole. */
export function tableMetadataProblem(metadata: TableMetadata): string | undefined {
  return definitionProblem(metadata) ?? snapshotProblem(metadata);
}

function definitionProblem(metadata: TableMetadata): string | undefined {
  const { currentSchemaId, defaultSpecId, defaultSortOrderId } = metadata;
  if (!metadata.schemas.some((schema) => schema.schemaId === currentSchemaId)) {
    return `the current schema ${currentSchemaId} is not among the schemas`;
  }
  if (!metadata.partitionSpecs.some((spec) => spec.specId === defaultSpecId)) {
    return `the default spec ${defaultSpecId} is not among the partition specs`;
  }
  if (!metadata.sortOrders.some((order) => order.orderId === defaultSortOrderId)) {
    return `the default sort order ${defaultSortOrderId} is not among the sort orders`;
  }
  return undefined;
}

function snapshotProblem(metadata: TableMetadata): string | undefined {
  const { currentSnapshotId: current, refs } = metadata;
  if (refs[mainBranch]?.snapshotId !== current) {
    return `the current snapshot is ${current ?? "none"}, but main points at ${refs[mainBranch]?.snapshotId ?? "none"}`;
  }
  const known = new Set(metadata.snapshots.map((snapshot) => snapshot.snapshotId));
  const dangling = Object.entries(refs).find(([, ref]) => !known.has(ref.snapshotId));
  return dangling === undefined
    ? undefined
    : `ref "${dangling[0]}" points at snapshot ${dangling[1].snapshotId}, which the table does not have`;
}
