import { IcebergError } from "../errors.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import { tableProperties } from "../spec/table-properties.ts";

/** @throws IcebergError `INVALID_ARGUMENT` for a table whose files nobody may delete */
export function requireGcEnabled({ properties }: TableMetadata): void {
  if (tableProperties(properties).gcEnabled) return;
  throw new IcebergError(
    "INVALID_ARGUMENT",
    "gc.enabled is false: the table's files may be shared with others; set it to true if they are not",
  );
}
