import { ProjectCatalog } from "@icecore/feature-registry";
import type { SnapshotId, Table } from "@icecore/iceberg-catalog";
import type { RowInput } from "@icecore/iceberg-catalog/duckdb";
import {
  type At,
  type LockedSpineInput,
  lockedEntities,
  pinSnapshot,
  type SpineEntities,
  type TrainingSetSpine,
} from "@icecore/offline-store";
import { IcecoreError } from "../errors.ts";
import type { StoreContext } from "./context.ts";
import { absoluteFiles } from "./training-set-files.ts";

/** Rows that ask for features: files, a query, a table of the catalog, or the entities that the views have. */
export type SpineOptions = RowInput | CatalogTable | { readonly entities: SpineEntities };

interface CatalogTable {
  /** `namespace.table`, or a name in the project's namespace. */
  readonly table: string;
  /** Where neither this nor a tag is given, the state that everything is read at. */
  readonly snapshotId?: SnapshotId | undefined;
  readonly tag?: string | undefined;
}

/** A spine with its table at the snapshot that it is read at. */
export async function pinSpine(context: StoreContext, spine: SpineOptions, at: At): Promise<TrainingSetSpine> {
  if (!("table" in spine)) return spine;
  const table = await requireCatalogTable(context, spine.table);
  const snapshotId = snapshotOf(table, spine, at);
  if (snapshotId !== undefined) return { table, snapshotId };
  throw new IcecoreError("ARGUMENT_INVALID", `table ${spine.table} is empty: it has no rows that ask for features`);
}

function snapshotOf(table: Table, { snapshotId, tag }: CatalogTable, at: At): SnapshotId | undefined {
  if (snapshotId !== undefined) return table.snapshot(snapshotId).snapshotId;
  return pinSnapshot(table, tag === undefined ? at : { kind: "tag", name: tag });
}

/** The spine of a lock, with its table as it is now. */
export async function lockedSpine(context: StoreContext, lockPath: string, input: LockedSpineInput) {
  if ("files" in input) return { files: absoluteFiles(lockPath, input.files) };
  if ("table" in input) return { table: await requireCatalogTable(context, input.table) };
  return "entities" in input ? { entities: lockedEntities(input) } : input;
}

/** A table by `namespace.table`, or by its name in the project's namespace. */
export function findCatalogTable({ project }: StoreContext, name: string): Promise<Table | undefined> {
  const levels = name.split(".");
  const last = levels.pop() ?? "";
  const owner = levels.length === 0 ? project : new ProjectCatalog(project.catalog, project.io, levels);
  return owner.findTable(last);
}

async function requireCatalogTable(context: StoreContext, name: string): Promise<Table> {
  const table = await findCatalogTable(context, name);
  if (table !== undefined) return table;
  throw new IcecoreError("ARGUMENT_INVALID", `the catalog has no table ${name}; write it as namespace.table`);
}
