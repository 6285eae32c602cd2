import type { TableMetadata } from "../spec/table-metadata.ts";
import { tableProperties } from "../spec/table-properties.ts";
import { entropyFolders } from "./object-storage-path.ts";

/** Where a metadata file of this name goes. */
export function metadataFileLocation({ location, properties }: TableMetadata, name: string): string {
  return `${folder(tableProperties(properties).metadataPath ?? `${folder(location)}/metadata`)}/${name}`;
}

/**
 * Where a data file of this name goes: in its partition's folder, unless `partitionPath` is "", and spread over the key
 * space of an object store where the table wants that (`write.object-storage.enabled`).
 */
export function dataFileLocation(
  table: { readonly metadata: TableMetadata },
  partitionPath: string,
  name: string,
): string {
  const { location, properties } = table.metadata;
  const { dataPath, objectStorage } = tableProperties(properties);
  const base = folder(dataPath ?? `${folder(location)}/data`);
  const partitioned = partitionPath === "" ? name : `${partitionPath}/${name}`;
  if (!objectStorage.isEnabled) return `${base}/${partitioned}`;
  const path = objectStorage.hasPartitionedPaths ? partitioned : name;
  const entropy = `${base}/${entropyFolders(path)}`;
  // A folder outside the table's may be one for several tables.
  if (!base.startsWith(`${folder(location)}/`)) return `${entropy}/${lastNames(location)}/${path}`;
  return objectStorage.hasPartitionedPaths ? `${entropy}/${path}` : `${entropy}-${path}`;
}

/** The names of a table's folder and of the one that it is in. */
const lastNames = (location: string): string => folder(location).split("/").slice(-2).join("/");

const folder = (location: string): string => location.replace(/\/+$/, "");
