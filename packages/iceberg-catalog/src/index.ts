export type {
  Catalog,
  CreateTableRequest,
  IdentifiedCommit,
  LoadedTable,
  PropertyChanges,
  TableCommit,
} from "./catalog/catalog.ts";
export type { RestCatalogOptions } from "./catalog/rest/connect.ts";
export type { Fetch } from "./catalog/rest/fetch-send.ts";
export { RestCatalog } from "./catalog/rest/rest-catalog.ts";
export { identifierToString, type Namespace, type TableIdentifier } from "./catalog/table-identifier.ts";
export { IcebergError, type IcebergErrorCode, isIcebergError } from "./errors.ts";
export type { ByteRange, FileIO, FileStat } from "./io/file-io.ts";
export { localFileIO, localPath } from "./io/local.ts";
export { memoryFileIO } from "./io/memory.ts";
