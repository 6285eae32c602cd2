import { expect, test } from "vitest";
import { tableProperties } from "./table-properties.ts";

const expiry = { maxSnapshotAgeMs: 432_000_000, minSnapshotsToKeep: 1, maxRefAgeMs: Number.MAX_SAFE_INTEGER };

const manifestMerge = { isEnabled: true, minCountToMerge: 100, targetSizeBytes: 8_388_608 };

test("a table without properties has the defaults of all engines", () => {
  expect(tableProperties({})).toEqual({
    commitRetry: { retries: 4, minWaitMs: 100, maxWaitMs: 60_000, totalMs: 1_800_000 },
    manifestMerge,
    previousMetadataMax: 100,
    deletesOldMetadata: false,
    metadataCompression: "none",
    parquetPageVersion: "v1",
    targetFileSizeBytes: 536_870_912,
    objectStorage: { isEnabled: false, hasPartitionedPaths: true },
    gcEnabled: true,
    expiry,
  });
});

test("a table says otherwise by the names in the specification", () => {
  const properties = {
    "commit.retry.num-retries": "0",
    "commit.retry.total-timeout-ms": "10",
    "write.metadata.previous-versions-max": "0",
    "write.metadata.compression-codec": "GZIP",
    "write.parquet.page-version": "V2",
    "write.data.path": "s3://bucket/data",
    "write.target-file-size-bytes": "1000",
    "gc.enabled": "FALSE",
    "write.object-storage.enabled": "true",
    "write.object-storage.partitioned-paths": "False",
    "write.metadata.delete-after-commit.enabled": "true",
    "commit.manifest-merge.enabled": "false",
    "commit.manifest.min-count-to-merge": "3",
    "commit.manifest.target-size-bytes": "1024",
  };
  expect(tableProperties(properties)).toEqual({
    commitRetry: { retries: 0, minWaitMs: 100, maxWaitMs: 60_000, totalMs: 10 },
    manifestMerge: { isEnabled: false, minCountToMerge: 3, targetSizeBytes: 1024 },
    previousMetadataMax: 1,
    deletesOldMetadata: true,
    metadataCompression: "gzip",
    parquetPageVersion: "v2",
    dataPath: "s3://bucket/data",
    targetFileSizeBytes: 1000,
    objectStorage: { isEnabled: true, hasPartitionedPaths: false },
    gcEnabled: false,
    expiry,
  });
});

test.each([
  ["commit.retry.num-retries", "many", "a whole number"],
  ["gc.enabled", "no", "true or false"],
  ["write.metadata.compression-codec", "zstd", "none or gzip"],
  ["write.parquet.page-version", "v3", "v1 or v2"],
])("%s cannot be %s", (name, value, wanted) => {
  expect(() => tableProperties({ [name]: value })).toThrow(
    `table property ${name} is "${value}"; it must be ${wanted}`,
  );
});
