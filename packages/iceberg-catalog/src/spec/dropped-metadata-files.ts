import type { TableMetadata } from "./table-metadata.ts";
import { tableProperties } from "./table-properties.ts";

/**
 * The metadata files that a commit pushed out of the metadata log, where the table wants such files deleted
 * (`write.metadata.delete-after-commit.enabled`). They may go once the commit has certainly been taken.
 */
export function droppedMetadataFiles(base: TableMetadata, after: TableMetadata): readonly string[] {
  if (!tableProperties(after.properties).deletesOldMetadata) return [];
  const kept = new Set(after.metadataLog.map(({ metadataFile }) => metadataFile));
  return base.metadataLog.map(({ metadataFile }) => metadataFile).filter((file) => !kept.has(file));
}
