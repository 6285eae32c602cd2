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
  async findTable(name: string): Promise<Table | undefined> {
    try {
      return await this.loadTable(name);
    } catch (error) {
      if (isIcebergError(error, "TABLE_NOT_FOUND") || isIcebergError(error, "NAMESPACE_NOT_FOUND")) return undefined;
      throw error;
    }
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
