import { afterAll, beforeAll, expect, test } from "vitest";
import { originDelays } from "./support/flight-rows.ts";
import { python } from "./support/python.ts";
import { type ServedStore, serveStore } from "./support/served-store.ts";

let served: ServedStore;
beforeAll(async () => {
  served = await serveStore();
  for (const batch of [0, 1]) await served.store.ingest("origin_delays", { sql: originDelays(batch, 100) });
});
afterAll(() => served?.[Symbol.asyncDispose]());

test("every field of our manifests and manifest lists has the id that the specification gives it", async () => {
  expect(await python("read_manifests", { uri: served.uri, table: "flights.origin_delays" })).toMatchInlineSnapshot(`
    {
      "counts": [
        2,
        4,
        200,
      ],
      "entry": {
        "content": 0,
        "file_format": "PARQUET",
        "partition": {
          "event_timestamp_month": 650,
        },
        "record_count": 53,
        "sort_order_id": 1,
      },
      "list": {
        "added_files_count": 2,
        "added_rows_count": 100,
        "content": 0,
        "partition_spec_id": 0,
      },
      "listIds": {
        "added_files_count": 504,
        "added_rows_count": 512,
        "added_snapshot_id": 503,
        "content": 517,
        "deleted_files_count": 506,
        "deleted_rows_count": 514,
        "existing_files_count": 505,
        "existing_rows_count": 513,
        "manifest_length": 501,
        "manifest_path": 500,
        "min_sequence_number": 516,
        "partition_spec_id": 502,
        "partitions": 507,
        "partitions.contains_nan": 518,
        "partitions.contains_null": 509,
        "partitions.element-id": 508,
        "partitions.lower_bound": 510,
        "partitions.upper_bound": 511,
        "sequence_number": 515,
      },
      "listMetadata": [
        "avro.codec",
        "avro.schema",
        "format-version",
        "parent-snapshot-id",
        "sequence-number",
        "snapshot-id",
      ],
      "manifest": {
        "content": "data",
        "format-version": "2",
        "partition-spec-id": "0",
      },
      "manifestIds": {
        "data_file": 2,
        "data_file.column_sizes": 108,
        "data_file.column_sizes.key": 117,
        "data_file.column_sizes.value": 118,
        "data_file.content": 134,
        "data_file.equality_ids": 135,
        "data_file.equality_ids.element-id": 136,
        "data_file.file_format": 101,
        "data_file.file_path": 100,
        "data_file.file_size_in_bytes": 104,
        "data_file.lower_bounds": 125,
        "data_file.lower_bounds.key": 126,
        "data_file.lower_bounds.value": 127,
        "data_file.nan_value_counts": 137,
        "data_file.nan_value_counts.key": 138,
        "data_file.nan_value_counts.value": 139,
        "data_file.null_value_counts": 110,
        "data_file.null_value_counts.key": 121,
        "data_file.null_value_counts.value": 122,
        "data_file.partition": 102,
        "data_file.partition.event_timestamp_month": 1000,
        "data_file.record_count": 103,
        "data_file.sort_order_id": 140,
        "data_file.split_offsets": 132,
        "data_file.split_offsets.element-id": 133,
        "data_file.upper_bounds": 128,
        "data_file.upper_bounds.key": 129,
        "data_file.upper_bounds.value": 130,
        "data_file.value_counts": 109,
        "data_file.value_counts.key": 119,
        "data_file.value_counts.value": 120,
        "file_sequence_number": 4,
        "sequence_number": 3,
        "snapshot_id": 1,
        "status": 0,
      },
      "manifestMetadata": [
        "avro.codec",
        "avro.schema",
        "content",
        "format-version",
        "partition-spec",
        "partition-spec-id",
        "schema",
        "schema-id",
      ],
      "sequenceNumbers": [
        [
          2,
          2,
        ],
        [
          2,
          2,
        ],
        [
          1,
          1,
        ],
        [
          1,
          1,
        ],
      ],
    }
  `);
});
