import type { LoadedTable } from "../../catalog/catalog.ts";
import type { TableIdentifier } from "../../catalog/table-identifier.ts";
import { IcebergError, isIcebergError } from "../../errors.ts";
import type { TableMetadata } from "../../spec/table-metadata.ts";
import { findNamespace, findTable, putTable } from "../store/catalog-state.ts";
import type { Entries } from "../store/catalog-store.ts";
import type { Effect } from "../store/effect.ts";
import type { CatalogContext } from "./context.ts";
import { namespaceNotFound } from "./not-found.ts";
import { ownFolder } from "./own-folder.ts";

/** A table's next state, that nobody sees yet. */
export interface StagedTable {
  readonly identifier: TableIdentifier;
  /** The metadata file that it was made from; undefined for a table that is new. */
  readonly base: string | undefined;
  readonly metadata: TableMetadata;
  readonly metadataLocation: string;
  /** Whether the table was not at its location before. */
  readonly isMoved: boolean;
  /** Whether this operation wrote the metadata file, and may take it back. */
  readonly written: boolean;
  /** Older metadata files that go once this is current. */
  readonly dropped?: readonly string[];
}

export type Publication = "published" | "overtaken";

/**
 * Makes the staged tables current, all at once, provided that none has moved since it was read. When they are not
 * published, their metadata files are deleted.
 */
export async function publish(context: CatalogContext, staged: readonly StagedTable[]): Promise<Publication> {
  const publication = await swap(context, staged).catch(async (error: unknown) => {
    if (!isIcebergError(error)) throw outcomeUnknown(error);
    await discard(context, staged);
    throw error;
  });
  if (publication === "overtaken") await discard(context, staged);
  else forgetBases(context, staged);
  return publication;
}

function forgetBases({ known }: CatalogContext, staged: readonly StagedTable[]): void {
  for (const { base, metadataLocation } of staged) {
    if (base !== undefined && base !== metadataLocation) known.forget(base);
  }
}

/** Deletes the metadata files of tables that were never published. */
export async function discard({ io, known }: CatalogContext, staged: readonly StagedTable[]): Promise<void> {
  for (const { written, metadataLocation } of staged) {
    if (!written) continue;
    known.forget(metadataLocation);
    await io.delete(metadataLocation);
  }
}

export function loaded({ metadata, metadataLocation }: StagedTable): LoadedTable {
  return { metadata, metadataLocation, config: {}, storageCredentials: [] };
}

function swap(context: CatalogContext, staged: readonly StagedTable[]): Promise<Publication> {
  const { store, settle } = context;
  return store.transact((entries) => {
    for (const { identifier } of staged) requireNamespace(entries, identifier);
    if (staged.some(({ identifier, base }) => findTable(entries, identifier) !== base)) return "overtaken";
    for (const { identifier, metadata, metadataLocation, isMoved } of staged) {
      ownFolder(entries, identifier, metadata.location, isMoved, context);
      putTable(entries, identifier, metadataLocation);
    }
    settle?.(entries, effectOf(staged));
    return "published";
  });
}

/** A transaction's answer tells nothing of its tables. */
function effectOf(staged: readonly StagedTable[]): Effect {
  const [first, ...others] = staged;
  if (first === undefined || others.length > 0) return {};
  const { identifier, metadata, metadataLocation } = first;
  return { table: { identifier, uuid: metadata.tableUuid, metadataLocation } };
}

function requireNamespace(entries: Entries, { namespace }: TableIdentifier): void {
  if (findNamespace(entries, namespace) === undefined) throw namespaceNotFound(namespace);
}

/** The store failed while it wrote: only the disk knows. The metadata files must stay. */
function outcomeUnknown(cause: unknown): IcebergError {
  const problem = cause instanceof Error ? cause.message : String(cause);
  return new IcebergError("COMMIT_STATE_UNKNOWN", `the catalog's store failed while it committed: ${problem}`, {
    cause,
  });
}
