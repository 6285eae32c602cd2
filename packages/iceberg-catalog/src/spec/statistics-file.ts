import { type SnapshotId, snapshotId } from "./ids.ts";
import type { JsonValue } from "./json.ts";
import { JsonReader } from "./json-reader.ts";

/** The snapshot that a statistics or partition statistics file is about. @throws IcebergError `METADATA_INVALID` */
export function statisticsSnapshotId(file: JsonValue): SnapshotId {
  return snapshotId(new JsonReader(file, "statistics").field("snapshot-id").long());
}

/** Where a statistics or partition statistics file is. @throws IcebergError `METADATA_INVALID` */
export function statisticsPath(file: JsonValue): string {
  return new JsonReader(file, "statistics").field("statistics-path").string();
}
