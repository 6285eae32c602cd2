import { isIcebergError } from "../../errors.ts";
import type { JsonReader } from "../../spec/json-reader.ts";
import type {
  Catalog,
  CreateTableRequest,
  IdentifiedCommit,
  LoadedTable,
  LoadTableOptions,
  PropertyChanges,
  StagedTable,
  StorageCredential,
  TableCommit,
} from "../catalog.ts";
import type { MetricsReport } from "../metrics-report.ts";
import { metricsReportToJson } from "../metrics-report-json.ts";
import { identifiedCommitToJson } from "../table-commit-json.ts";
import type { Namespace, TableIdentifier } from "../table-identifier.ts";
import { parseTableIdentifier, tableIdentifierToJson } from "../table-identifier-json.ts";
import { checkIdentifier, checkNamespace } from "../valid-name.ts";
import type { Properties } from "./config.ts";
import { connectRestClient, type RestCatalogOptions } from "./connect.ts";
import { allPages } from "./pages.ts";
import { namespaceParameter, type PathParameters } from "./paths.ts";
import { flag } from "./property-values.ts";
import type { RestClient } from "./rest-client.ts";
import { RestTables } from "./rest-tables.ts";
import type { RouteName } from "./routes.ts";

/** A catalog that speaks the Iceberg REST protocol. */
export class RestCatalog implements Catalog {
  /** The catalog's properties in force: its defaults, under the client's, under its overrides. */
  readonly properties: Properties;
  private readonly client: RestClient;
  private readonly tables: RestTables;

  private constructor(client: RestClient, properties: Properties, tables: RestTables) {
    this.client = client;
    this.properties = properties;
    this.tables = tables;
  }

  /**
   * Connects as the catalog's own config says.
   *
   * @throws IcebergError `WAREHOUSE_NOT_FOUND`, `AUTHENTICATION_FAILED`, `SERVICE_UNAVAILABLE`
   */
  static async connect(options: RestCatalogOptions): Promise<RestCatalog> {
    const { client, properties, oauth2 } = await connectRestClient(options);
    return new RestCatalog(client, properties, new RestTables(client, properties, oauth2, options.accessDelegation));
  }

  async listNamespaces(parent: Namespace = []): Promise<readonly Namespace[]> {
    const query = parent.length === 0 ? {} : { parent: namespaceParameter(parent, this.client.style) };
    return this.pages("listNamespaces", {}, query, (page) =>
      page
        .field("namespaces")
        .array()
        .map((namespace) => namespace.strings()),
    );
  }

  async createNamespace(namespace: Namespace, properties: Properties = {}): Promise<void> {
    await this.client.run("createNamespace", { body: { namespace: checkNamespace(namespace), properties } });
  }

  loadNamespace(namespace: Namespace): Promise<Properties> {
    return this.client.read(
      "loadNamespaceMetadata",
      { namespace },
      (json) => json.optional("properties")?.stringMap() ?? {},
    );
  }

  namespaceExists(namespace: Namespace): Promise<boolean> {
    const route = this.client.supports("namespaceExists") ? "namespaceExists" : "loadNamespaceMetadata";
    return this.exists(route, { namespace });
  }

  async updateNamespaceProperties(namespace: Namespace, changes: PropertyChanges): Promise<void> {
    const body = { updates: changes.updates ?? {}, removals: changes.removals ?? [] };
    await this.client.run("updateProperties", { namespace, body });
  }

  async dropNamespace(namespace: Namespace): Promise<void> {
    await this.client.run("dropNamespace", { namespace });
  }

  listTables(namespace: Namespace): Promise<readonly TableIdentifier[]> {
    return this.pages("listTables", { namespace }, {}, (page) =>
      page.field("identifiers").array().map(parseTableIdentifier),
    );
  }

  createTable(identifier: TableIdentifier, request: CreateTableRequest): Promise<LoadedTable> {
    return this.tables.create(identifier, request);
  }

  stageTable(identifier: TableIdentifier, request: CreateTableRequest): Promise<StagedTable> {
    return this.tables.stage(identifier, request);
  }

  loadTable(table: TableIdentifier, options: LoadTableOptions = {}): Promise<LoadedTable> {
    return this.tables.load(table, options);
  }

  /** Fresh credentials for the files of a table. A catalog without an operation for that is asked for the table again. */
  loadCredentials(table: TableIdentifier): Promise<readonly StorageCredential[]> {
    return this.tables.loadCredentials(table);
  }

  tableExists(table: TableIdentifier): Promise<boolean> {
    return this.exists(this.client.supports("tableExists") ? "tableExists" : "loadTable", { table });
  }

  updateTable(table: TableIdentifier, commit: TableCommit): Promise<LoadedTable> {
    return this.tables.update(table, commit);
  }

  async dropTable(table: TableIdentifier, options: { readonly purge?: boolean } = {}): Promise<void> {
    await this.client.run("dropTable", { table, query: { purgeRequested: String(options.purge ?? false) } });
    this.tables.forget(table);
  }

  async renameTable(from: TableIdentifier, to: TableIdentifier): Promise<void> {
    const [source, destination] = [checkIdentifier(from), checkIdentifier(to)].map(tableIdentifierToJson);
    await this.client.run("renameTable", { body: { source, destination } });
    this.tables.forget(from);
  }

  registerTable(
    identifier: TableIdentifier,
    metadataLocation: string,
    options: { readonly overwrite?: boolean } = {},
  ): Promise<LoadedTable> {
    return this.tables.register(identifier, metadataLocation, options.overwrite ?? false);
  }

  get hasTransactions(): boolean {
    return this.client.lists("commitTransaction");
  }

  async commitTransaction(changes: readonly IdentifiedCommit[]): Promise<void> {
    for (const change of changes) checkIdentifier(change.identifier);
    const body = { "table-changes": changes.map(identifiedCommitToJson) };
    await this.client.run("commitTransaction", { body });
    for (const { identifier } of changes) this.tables.forget(identifier);
  }

  /** Tells the catalog what a scan or a commit took, where it wants to know. Returns at once and never fails. */
  reportMetrics(table: TableIdentifier, report: MetricsReport): void {
    if (!flag(this.properties, "rest-metrics-reporting-enabled", true) || !this.client.supports("reportMetrics"))
      return;
    const body = metricsReportToJson(table, report);
    // What is only for the record is no reason to wait or to fail.
    this.client.run("reportMetrics", { table, body }).catch(() => undefined);
  }

  private async exists(route: RouteName, parameters: PathParameters): Promise<boolean> {
    try {
      await this.client.run(route, parameters);
      return true;
    } catch (error) {
      if (isIcebergError(error, "TABLE_NOT_FOUND") || isIcebergError(error, "NAMESPACE_NOT_FOUND")) return false;
      throw error;
    }
  }

  private pages<T>(
    route: RouteName,
    parameters: PathParameters,
    query: Properties,
    parse: (page: JsonReader) => readonly T[],
  ): Promise<readonly T[]> {
    const pageSize = this.properties["rest-page-size"];
    return allPages(route, (pageToken) => {
      const call = { ...parameters, query: { ...query, pageToken, ...(pageSize !== undefined && { pageSize }) } };
      return this.client.read(route, call, (json) => ({
        items: parse(json),
        nextPageToken: json.optional("next-page-token")?.string() ?? "",
      }));
    });
  }
}
