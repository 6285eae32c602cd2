import { z } from "zod";

/** The shapes of `definitions.ts`, for the document. */
const described = {
  name: z.string(),
  description: z.string(),
  owner: z.string(),
  tags: z.record(z.string(), z.string()),
};
const joinKey = z.object({ name: z.string(), type: z.string() });

export const entitySchema = z.object({ ...described, join_keys: z.array(joinKey) });

export const dataSourceSchema = z.object({
  ...described,
  table: z.string(),
  field_mapping: z.record(z.string(), z.string()),
});

export const featureViewSchema = z.object({
  ...described,
  entities: z.array(z.string()),
  join_keys: z.array(joinKey),
  features: z.array(
    z.object({ name: z.string(), type: z.string(), description: z.string(), default: z.unknown().nullable() }),
  ),
  ttl_seconds: z.number().nullable(),
  timestamp_field: z.string(),
  created_timestamp_column: z.string(),
  online: z.boolean(),
  partition_by: z.string(),
  data_source: z.string().nullable(),
  push_source: z.string(),
});

export const featureServiceSchema = z.object({
  ...described,
  projections: z.array(
    z.object({
      feature_view: z.string(),
      alias: z.string().nullable(),
      features: z.array(z.string()),
      join_key_map: z.record(z.string(), z.string()),
    }),
  ),
});

export const registrySchema = z.object({
  version: z.int(),
  snapshot_id: z.string().nullable(),
  entities: z.array(entitySchema),
  data_sources: z.array(dataSourceSchema),
  feature_views: z.array(featureViewSchema),
  feature_services: z.array(featureServiceSchema),
});

export const registryHistorySchema = z.object({
  versions: z.array(
    z.object({
      version: z.int(),
      snapshot_id: z.string().nullable(),
      applied_at: z.string(),
      changes: z.array(
        z.object({ action: z.string(), kind: z.string(), name: z.string(), details: z.array(z.string()) }),
      ),
    }),
  ),
});

export const viewHistorySchema = z.object({
  feature_view: z.string(),
  snapshots: z.array(
    z.object({
      snapshot_id: z.string().nullable(),
      committed_at: z.string(),
      operation: z.string(),
      added_rows: z.int(),
      total_rows: z.int(),
      added_files: z.int(),
      refs: z.array(z.string()),
      ingest_keys: z.array(z.string()),
      current: z.boolean(),
    }),
  ),
});
