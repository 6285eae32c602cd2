import { IcebergError } from "../errors.ts";

/** Table properties that this package reads, by their names in the spec's documentation. */
const propertyNames = {
  commitRetries: "commit.retry.num-retries",
  commitRetryMinWaitMs: "commit.retry.min-wait-ms",
  commitRetryMaxWaitMs: "commit.retry.max-wait-ms",
  commitRetryTotalMs: "commit.retry.total-timeout-ms",
  manifestMergeEnabled: "commit.manifest-merge.enabled",
  manifestMinCountToMerge: "commit.manifest.min-count-to-merge",
  manifestTargetSizeBytes: "commit.manifest.target-size-bytes",
  previousMetadataMax: "write.metadata.previous-versions-max",
  deletesOldMetadata: "write.metadata.delete-after-commit.enabled",
  metadataCompression: "write.metadata.compression-codec",
  parquetPageVersion: "write.parquet.page-version",
  dataPath: "write.data.path",
  metadataPath: "write.metadata.path",
  targetFileSizeBytes: "write.target-file-size-bytes",
  objectStorageEnabled: "write.object-storage.enabled",
  objectStoragePartitionedPaths: "write.object-storage.partitioned-paths",
  gcEnabled: "gc.enabled",
  maxSnapshotAgeMs: "history.expire.max-snapshot-age-ms",
  minSnapshotsToKeep: "history.expire.min-snapshots-to-keep",
  maxRefAgeMs: "history.expire.max-ref-age-ms",
} as const;

/** The values that are in force: what the table sets, else the defaults that all engines share. */
export interface TableProperties {
  readonly commitRetry: CommitRetryProperties;
  readonly manifestMerge: ManifestMergeProperties;
  /** How many previous metadata files the metadata log keeps. */
  readonly previousMetadataMax: number;
  /** Whether metadata files that the log has no room for are deleted. */
  readonly deletesOldMetadata: boolean;
  readonly metadataCompression: "none" | "gzip";
  /** How data files are encoded: `v2` is smaller, and many readers do not know it. */
  readonly parquetPageVersion: "v1" | "v2";
  /** Where data files go, instead of `<location>/data`. */
  readonly dataPath?: string;
  /** Where metadata files go, instead of `<location>/metadata`. */
  readonly metadataPath?: string;
  /** How large data files should become. */
  readonly targetFileSizeBytes: number;
  /** Whether data files are spread over the key space, and whether partitions are in their paths then. */
  readonly objectStorage: { readonly isEnabled: boolean; readonly hasPartitionedPaths: boolean };
  /** False where files may be shared with other tables, so that nobody may delete them. */
  readonly gcEnabled: boolean;
  readonly expiry: ExpiryProperties;
}

/** How long snapshots and refs are kept that do not say so themselves. */
interface ExpiryProperties {
  readonly maxSnapshotAgeMs: number;
  readonly minSnapshotsToKeep: number;
  readonly maxRefAgeMs: number;
}

interface CommitRetryProperties {
  readonly retries: number;
  readonly minWaitMs: number;
  readonly maxWaitMs: number;
  readonly totalMs: number;
}

/** When and how far appends merge manifests. */
interface ManifestMergeProperties {
  readonly isEnabled: boolean;
  /** So many have to gather before the newest are merged. */
  readonly minCountToMerge: number;
  readonly targetSizeBytes: number;
}

const fiveDaysMs = 5 * 86_400_000;

/** Parses the properties. @throws IcebergError `INVALID_ARGUMENT` for a value that does not parse */
export function tableProperties(properties: Readonly<Record<string, string>>): TableProperties {
  const dataPath = properties[propertyNames.dataPath];
  const metadataPath = properties[propertyNames.metadataPath];
  return {
    commitRetry: {
      retries: count(properties, propertyNames.commitRetries, 4),
      minWaitMs: count(properties, propertyNames.commitRetryMinWaitMs, 100),
      maxWaitMs: count(properties, propertyNames.commitRetryMaxWaitMs, 60_000),
      totalMs: count(properties, propertyNames.commitRetryTotalMs, 1_800_000),
    },
    manifestMerge: {
      isEnabled: flag(properties, propertyNames.manifestMergeEnabled, true),
      minCountToMerge: count(properties, propertyNames.manifestMinCountToMerge, 100),
      targetSizeBytes: count(properties, propertyNames.manifestTargetSizeBytes, 8 * 1024 * 1024),
    },
    previousMetadataMax: Math.max(1, count(properties, propertyNames.previousMetadataMax, 100)),
    deletesOldMetadata: flag(properties, propertyNames.deletesOldMetadata, false),
    metadataCompression: compression(properties),
    parquetPageVersion: pageVersion(properties),
    ...(dataPath !== undefined && { dataPath }),
    ...(metadataPath !== undefined && { metadataPath }),
    targetFileSizeBytes: Math.max(1, count(properties, propertyNames.targetFileSizeBytes, 512 * 1024 * 1024)),
    objectStorage: {
      isEnabled: flag(properties, propertyNames.objectStorageEnabled, false),
      hasPartitionedPaths: flag(properties, propertyNames.objectStoragePartitionedPaths, true),
    },
    gcEnabled: flag(properties, propertyNames.gcEnabled, true),
    expiry: {
      maxSnapshotAgeMs: count(properties, propertyNames.maxSnapshotAgeMs, fiveDaysMs),
      minSnapshotsToKeep: count(properties, propertyNames.minSnapshotsToKeep, 1),
      maxRefAgeMs: count(properties, propertyNames.maxRefAgeMs, Number.MAX_SAFE_INTEGER),
    },
  };
}

function count(properties: Readonly<Record<string, string>>, name: string, fallback: number): number {
  const text = properties[name];
  if (text === undefined) return fallback;
  if (!/^\d+$/.test(text)) throw invalid(name, text, "a whole number");
  return Number(text);
}

function flag(properties: Readonly<Record<string, string>>, name: string, fallback: boolean): boolean {
  const text = properties[name]?.toLowerCase();
  if (text === undefined) return fallback;
  if (text === "true" || text === "false") return text === "true";
  throw invalid(name, text, "true or false");
}

function compression(properties: Readonly<Record<string, string>>): TableProperties["metadataCompression"] {
  const codec = properties[propertyNames.metadataCompression] ?? "none";
  switch (codec.toLowerCase()) {
    case "none":
    case "uncompressed":
      return "none";
    case "gzip":
      return "gzip";
    default:
      throw invalid(propertyNames.metadataCompression, codec, "none or gzip");
  }
}

function pageVersion(properties: Readonly<Record<string, string>>): TableProperties["parquetPageVersion"] {
  const version = properties[propertyNames.parquetPageVersion] ?? "v1";
  const known = version.toLowerCase();
  if (known === "v1" || known === "v2") return known;
  throw invalid(propertyNames.parquetPageVersion, version, "v1 or v2");
}

function invalid(name: string, value: string, wanted: string): IcebergError {
  return new IcebergError("INVALID_ARGUMENT", `table property ${name} is "${value}"; it must be ${wanted}`, {
    context: { name, value },
  });
}
