import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";
import { OfflineStoreError } from "../errors.ts";

const id = z.string().regex(/^\d+$/);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

const lockedView = z.object({
  /** Name of the feature view, and the one it goes by in the result. */
  view: z.string(),
  name: z.string(),
  table: z.string(),
  tableUuid: z.string(),
  /** Null when the table was empty. */
  snapshotId: id.nullable(),
  schemaId: z.number().int(),
  ttlSeconds: z.number().int().nullable(),
  keyColumns: z.array(z.string()),
  features: z.array(z.object({ feature: z.string(), output: z.string() })),
});

const micros = z.string().regex(/^-?\d+$/);

/** Paths relative to the lock file, and the query whose rows they keep, if that is what they are; a query alone, a table, or the entities that the views have: all, or those of a time. */
const spineInput = z.union([
  z.object({ files: z.array(z.string()), sql: z.string().optional() }),
  z.object({ sql: z.string() }),
  z.object({ table: z.string(), tableUuid: z.string(), snapshotId: id }),
  z.object({ entities: z.union([z.literal("latest"), z.object({ fromMicros: micros, toMicros: micros })]) }),
]);

const lock = z.object({
  format: z.literal("icecore-training-set/1"),
  name: z.string(),
  createdAt: z.string(),
  /** The state of the registry whose definitions were read. */
  registry: z.object({ namespace: z.string(), snapshotId: id, version: z.number().int() }),
  /** What was asked for: a feature service, or references. */
  selection: z.union([
    z.object({ service: z.string(), fullFeatureNames: z.boolean() }),
    z.object({ features: z.array(z.string()), fullFeatureNames: z.boolean() }),
  ]),
  spine: z.object({
    input: spineInput,
    timestampColumn: z.string(),
    rows: z.number().int(),
    digest,
  }),
  views: z.array(lockedView),
  /** Whether a row saw only what had been created by its time. */
  filterByCreatedTimestamp: z.boolean().default(false),
  /** Whether tags keep the snapshots from expiring; there are catalogs that know no tags. */
  protected: z.boolean().default(true),
  planDigest: digest,
  result: z.object({
    rows: z.number().int(),
    columns: z.array(z.object({ name: z.string(), type: z.string() })),
    digest,
  }),
  /** The Iceberg table that the rows were saved as; absent where they were not. */
  table: z.object({ name: z.string(), uuid: z.string(), snapshotId: id.nullable() }).optional(),
  engines: z.object({ icecore: z.string(), duckdb: z.string() }),
});

/** Everything a training set depended on: with it and the catalog, the same bytes come out again. */
export type TrainingSetLock = z.infer<typeof lock>;
export type LockedView = z.infer<typeof lockedView>;

/** @throws OfflineStoreError `FILE_NOT_FOUND`, `LOCK_INVALID` */
export async function readLock(path: string): Promise<TrainingSetLock> {
  const text = await readFile(path, "utf8").catch((cause) => {
    throw new OfflineStoreError("FILE_NOT_FOUND", `${path}: no such lock file`, { cause });
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new OfflineStoreError("LOCK_INVALID", `${path}: is no JSON; restore it from version control`, { cause });
  }
  const parsed = lock.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new OfflineStoreError(
    "LOCK_INVALID",
    `${path}: ${issue?.path.join(".")}: ${issue?.message}; restore it from version control`,
  );
}

/** Writes the lock file whole, or not at all. */
export async function writeLock(path: string, value: TrainingSetLock): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  await writeFile(temporary, `${JSON.stringify(value, null, 2)}\n`);
  await rename(temporary, path);
}
