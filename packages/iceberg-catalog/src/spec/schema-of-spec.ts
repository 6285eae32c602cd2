import type { PartitionSpec } from "./partition-spec.ts";
import { findFieldById, type Schema } from "./schema.ts";
import { rewriteField } from "./schema-rewrite.ts";
import type { TableMetadata } from "./table-metadata.ts";
import { currentSchema } from "./table-metadata-lookups.ts";

/**
 * The columns that manifests of a spec are read and written with: the current ones, or, where columns are gone that the
 * spec's files are partitioned by, the latest that had them all, as wide as they are now.
 */
export function schemaOfSpec(metadata: TableMetadata, spec: PartitionSpec): Schema {
  const current = currentSchema(metadata);
  const hasSources = (schema: Schema): boolean =>
    spec.fields.every(
      ({ sourceId, transform }) => transform.kind === "void" || findFieldById(schema, sourceId) !== undefined,
    );
  if (hasSources(current)) return current;
  const older = metadata.schemas.findLast(hasSources);
  if (older === undefined) return current;
  const fields = spec.fields.reduce((widened, { sourceId }) => {
    const type = findFieldById(current, sourceId)?.type;
    return type === undefined ? widened : rewriteField(widened, sourceId, (field) => ({ ...field, type }));
  }, older.fields);
  return { ...older, fields };
}
