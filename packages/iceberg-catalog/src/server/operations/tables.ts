import type { CreateTableRequest, LoadedTable } from "../../catalog/catalog.ts";
import type { Namespace, TableIdentifier } from "../../catalog/table-identifier.ts";
import { checkIdentifier } from "../../catalog/valid-name.ts";
import { IcebergError, isIcebergError } from "../../errors.ts";
import type { TableMetadata } from "../../spec/table-metadata.ts";
import { newTableMetadata } from "../../spec/table-metadata-new.ts";
import { findNamespace, findTable, putTable, removeTable, tableNames } from "../store/catalog-state.ts";
import { moveFolders, removeFolders } from "../store/table-folders.ts";
import type { CatalogContext } from "./context.ts";
import { readCurrentMetadata } from "./current-metadata.ts";
import { readMetadata, refuseOutOfReach, writeMetadata } from "./metadata-files.ts";
import { namespaceNotFound, tableExists, tableNotFound } from "./not-found.ts";
import { refuseSharedFolder } from "./own-folder.ts";
import { loaded, publish, type StagedTable } from "./publish.ts";
import { purgeTable } from "./purge.ts";
import { newTableLocation } from "./table-location.ts";

export function listTables({ store }: CatalogContext, namespace: Namespace): Promise<readonly TableIdentifier[]> {
  return store.read((entries) => {
    if (findNamespace(entries, namespace) === undefined) throw namespaceNotFound(namespace);
    return tableNames(entries, namespace).map((name) => ({ namespace, name }));
  });
}

/** The metadata that a table would have; nothing is kept but its location. */
export async function stageTable(
  context: CatalogContext,
  identifier: TableIdentifier,
  request: CreateTableRequest,
): Promise<TableMetadata> {
  checkIdentifier(identifier);
  await context.store.read((entries) => {
    if (findNamespace(entries, identifier.namespace) === undefined) throw namespaceNotFound(identifier.namespace);
    if (findTable(entries, identifier) !== undefined) throw tableExists(identifier);
    if (request.location !== undefined) refuseSharedFolder(entries, identifier, request.location, context);
  });
  const location = request.location?.replace(/\/+$/, "") ?? (await newTableLocation(context, identifier));
  const metadata = newTableMetadata({ ...request, location }, context.newUuid(), context.now());
  await refuseOutOfReach(context, metadata);
  return metadata;
}

export async function createTable(
  context: CatalogContext,
  identifier: TableIdentifier,
  request: CreateTableRequest,
): Promise<LoadedTable> {
  const metadata = await stageTable(context, identifier, request);
  const metadataLocation = await writeMetadata(context, metadata, undefined);
  return publishNew(context, { identifier, base: undefined, metadata, metadataLocation, isMoved: true, written: true });
}

/** Takes over a table by its metadata file, which stays where it is. */
export async function registerTable(
  context: CatalogContext,
  identifier: TableIdentifier,
  metadataLocation: string,
  options: { readonly overwrite: boolean },
): Promise<LoadedTable> {
  checkIdentifier(identifier);
  const base = options.overwrite ? await findMetadataLocation(context, identifier) : undefined;
  const metadata = await readForeignMetadata(context, metadataLocation);
  await refuseOutOfReach(context, metadata);
  return publishNew(context, { identifier, base, metadata, metadataLocation, isMoved: true, written: false });
}

/** What a client names may be anything: then the request is wrong, not the catalog. */
async function readForeignMetadata(context: CatalogContext, location: string): Promise<TableMetadata> {
  try {
    return await readMetadata(context, location);
  } catch (cause) {
    if (!isIcebergError(cause, "METADATA_INVALID") && !isIcebergError(cause, "IO_FAILED")) throw cause;
    throw new IcebergError("INVALID_ARGUMENT", `${location} is no metadata file of a table: ${cause.message}`, {
      cause,
    });
  }
}

export async function loadTable(context: CatalogContext, identifier: TableIdentifier): Promise<LoadedTable> {
  const current = await readCurrentMetadata(context, identifier);
  if (current === undefined) throw tableNotFound(identifier);
  return { ...current, config: {}, storageCredentials: [] };
}

/** Where the table's current metadata is. @throws IcebergError `TABLE_NOT_FOUND` */
export async function requireTable(context: CatalogContext, identifier: TableIdentifier): Promise<string> {
  const location = await findMetadataLocation(context, identifier);
  if (location === undefined) throw tableNotFound(identifier);
  return location;
}

export async function dropTable(
  context: CatalogContext,
  identifier: TableIdentifier,
  options: { readonly purge: boolean },
): Promise<void> {
  const metadataLocation = await context.store.transact((entries) => {
    const location = findTable(entries, identifier);
    if (location === undefined) throw tableNotFound(identifier);
    removeTable(entries, identifier);
    removeFolders(entries, identifier);
    context.settle?.(entries, {});
    return location;
  });
  context.known.forget(metadataLocation);
  if (options.purge) await purgeTable(context, metadataLocation);
}

export async function renameTable(context: CatalogContext, from: TableIdentifier, to: TableIdentifier): Promise<void> {
  checkIdentifier(to);
  return context.store.transact((entries) => {
    const location = findTable(entries, from);
    if (location === undefined) throw tableNotFound(from);
    if (findNamespace(entries, to.namespace) === undefined) throw namespaceNotFound(to.namespace);
    if (findTable(entries, to) !== undefined) throw tableExists(to);
    removeTable(entries, from);
    moveFolders(entries, from, to);
    putTable(entries, to, location);
    context.settle?.(entries, {});
  });
}

function findMetadataLocation({ store }: CatalogContext, identifier: TableIdentifier): Promise<string | undefined> {
  return store.read((entries) => findTable(entries, identifier));
}

async function publishNew(context: CatalogContext, staged: StagedTable): Promise<LoadedTable> {
  if ((await publish(context, [staged])) === "overtaken") throw tableExists(staged.identifier);
  return loaded(staged);
}
