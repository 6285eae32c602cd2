import type { FileIO } from "../../io/file-io.ts";
import type { PartitionSpec } from "../../spec/partition-spec.ts";
import type { Schema } from "../../spec/schema.ts";
import type { SortOrder } from "../../spec/sort-order.ts";
import type { TableMetadata } from "../../spec/table-metadata.ts";

/** What has to be known of a table to write files for it; a table is one, with its current columns, spec and order. */
export interface WriteTarget {
  readonly metadata: TableMetadata;
  readonly io: FileIO;
  readonly schema: Schema;
  readonly spec: PartitionSpec;
  readonly sortOrder: SortOrder;
  /** Default: the table's `write.target-file-size-bytes`. */
  readonly targetFileSizeBytes?: number;
}
