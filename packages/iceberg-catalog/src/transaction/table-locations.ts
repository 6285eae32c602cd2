import type { TableMetadata } from "../spec/table-metadata.ts";
import { tableProperties } from "../spec/table-properties.ts";

/** Where a metadata file of this name goes. */
export function metadataFileLocation({ location, properties }: TableMetadata, name: string): string {
  return `${folder(tableProperties(properties).metadataPath ?? `${folder(location)}/metadata`)}/${name}`;
}

/** Where a data file of this name goes: in its partition's folder, unless `partitionPath` is "". */
export function dataFileLocation(
  table: { readonly metadata: TableMetadata },
  partitionPath: string,
  name: string,
): string {
  const { location, properties } = table.metadata;
  const base = folder(tableProperties(properties).dataPath ?? `${folder(location)}/data`);
  return partitionPath === "" ? `${base}/${name}` : `${base}/${partitionPath}/${name}`;
}

const folder = (location: string): string => location.replace(/\/+$/, "");
