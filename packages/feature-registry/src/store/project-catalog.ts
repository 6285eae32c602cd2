import {
  type Catalog,
  type CreateTableRequest,
  createTable,
  type FileIOProvider,
  isIcebergError,
  loadTable,
  type Namespace,
  type Table,
  type TableIdentifier,
} from "@icecore/iceberg-catalog";
import type { FeatureView } from "../definitions.ts";
import { SourceTable } from "./source-table.ts";

/** A project's tables: a namespace of a catalog, and the storage its files are on. */
export class ProjectCatalog {
  readonly catalog: Catalog;
  readonly io: FileIOProvider;
  readonly namespace: Namespace;

  constructor(catalog: Catalog, io: FileIOProvider, namespace: Namespace) {
    this.catalog = catalog;
    this.io = io;
    this.namespace = namespace;
  }

  identifier(name: string): TableIdentifier {
    return { namespace: this.namespace, name };
  }

  /** @throws IcebergError `TABLE_NOT_FOUND` */
  loadTable(name: string): Promise<Table> {
    return loadTable(this.catalog, this.identifier(name), this.io);
  }

  /** The table of that name, if there is one. */
  findTable(name: string): Promise<Table | undefined> {
    return found(this.loadTable(name));
  }

  /**
   * The table that has a view's rows: its own, or that of its data source under the view's names.
   * @throws IcebergError `TABLE_NOT_FOUND`
   */
  async loadViewTable(view: FeatureView): Promise<Table> {
    if (view.source === undefined) return this.loadTable(view.name);
    const table = await loadTable(this.catalog, parseTableName(view.source.table), this.io);
    return new SourceTable(table, view);
  }

  /** As {@link loadViewTable}, where there is one. */
  findViewTable(view: FeatureView): Promise<Table | undefined> {
    return found(this.loadViewTable(view));
  }

  /** Creates a table, or finds the one that another process created meanwhile. */
  async ensureTable(name: string, request: CreateTableRequest): Promise<Table> {
    try {
      return await createTable(this.catalog, this.identifier(name), request, this.io);
    } catch (error) {
      if (isIcebergError(error, "ALREADY_EXISTS")) return this.loadTable(name);
      throw error;
    }
  }

  async ensureNamespace(): Promise<void> {
    try {
      await this.catalog.createNamespace(this.namespace);
    } catch (error) {
      if (!isIcebergError(error, "ALREADY_EXISTS")) throw error;
    }
  }
}

async function found(table: Promise<Table>): Promise<Table | undefined> {
  try {
    return await table;
  } catch (error) {
    if (isIcebergError(error, "TABLE_NOT_FOUND") || isIcebergError(error, "NAMESPACE_NOT_FOUND")) return undefined;
    throw error;
  }
}

function parseTableName(text: string): TableIdentifier {
  const levels = text.split(".");
  return { namespace: levels.slice(0, -1), name: String(levels.at(-1)) };
}
