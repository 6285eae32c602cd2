import { IcebergError } from "../../errors.ts";
import { createsTable } from "../../spec/check-requirements.ts";
import type {
  CreateTableRequest,
  LoadedTable,
  LoadTableOptions,
  SnapshotsMode,
  StagedTable,
  StorageCredential,
  TableCommit,
} from "../catalog.ts";
import { createTableRequestToJson } from "../create-table-request-json.ts";
import { parseLoadedTable, parseStagedTable } from "../loaded-table-json.ts";
import { parseStorageCredentials } from "../storage-credentials-json.ts";
import { tableCommitToJson } from "../table-commit-json.ts";
import type { TableIdentifier } from "../table-identifier.ts";
import { tableIdentifierToJson } from "../table-identifier-json.ts";
import { checkIdentifier } from "../valid-name.ts";
import type { Properties } from "./config.ts";
import { count } from "./property-values.ts";
import type { AccessDelegation, RestCall, RestClient, Tagged } from "./rest-client.ts";
import type { OAuth2Session } from "./session.ts";
import { TableCache } from "./table-cache.ts";
import { TableTokens } from "./table-tokens.ts";

/** The operations that answer with a table, and what is remembered of their answers: tags and tokens. */
export class RestTables {
  private readonly client: RestClient;
  /** Goes with the requests whose answers carry credentials. */
  private readonly delegation: Pick<RestCall, "delegation">;
  private readonly defaultMode: SnapshotsMode;
  private readonly cache: TableCache;
  private readonly tokens: TableTokens;

  constructor(
    client: RestClient,
    properties: Properties,
    oauth2: OAuth2Session | undefined,
    delegation: AccessDelegation | undefined,
  ) {
    this.client = client;
    this.delegation = delegation === undefined ? {} : { delegation };
    this.defaultMode = snapshotLoadingMode(properties);
    this.cache = new TableCache(count(properties, "rest-table-cache.max-entries", 100), Date.now);
    this.tokens = new TableTokens(oauth2, Date.now);
  }

  async create(identifier: TableIdentifier, request: CreateTableRequest): Promise<LoadedTable> {
    const call = this.creation(identifier, request, false);
    return this.remembered(identifier, "all", await this.client.readTagged("createTable", call, parseLoadedTable));
  }

  async stage(identifier: TableIdentifier, request: CreateTableRequest): Promise<StagedTable> {
    const call = this.creation(identifier, request, true);
    const staged = await this.client.read("createTable", call, parseStagedTable);
    this.tokens.remember(identifier, staged);
    return staged;
  }

  async register(identifier: TableIdentifier, metadataLocation: string, overwrite: boolean): Promise<LoadedTable> {
    const { namespace, name } = checkIdentifier(identifier);
    const body = { name, "metadata-location": metadataLocation, ...(overwrite && { overwrite }) };
    const call = { namespace, body, ...this.delegation };
    return this.remembered(identifier, "all", await this.client.readTagged("registerTable", call, parseLoadedTable));
  }

  async load(table: TableIdentifier, { snapshots = this.defaultMode }: LoadTableOptions): Promise<LoadedTable> {
    const cached = this.cache.find(table, snapshots);
    const call: RestCall = {
      table,
      ...this.delegation,
      ...(snapshots === "refs" && { query: { snapshots } }),
      token: await this.tokens.find(table),
      ifNoneMatch: cached?.etag,
    };
    const answer = await this.client.readTagged("loadTable", call, parseLoadedTable);
    if (answer === undefined && cached !== undefined) return cached.loaded;
    return this.remembered(table, snapshots, answer);
  }

  async loadCredentials(table: TableIdentifier): Promise<readonly StorageCredential[]> {
    if (this.client.supports("loadCredentials")) {
      const call = { table, ...this.delegation, token: await this.tokens.find(table) };
      return this.client.read("loadCredentials", call, parseStorageCredentials);
    }
    this.cache.forget(table);
    return (await this.load(table, {})).storageCredentials;
  }

  async update(table: TableIdentifier, commit: TableCommit): Promise<LoadedTable> {
    const call: RestCall = {
      table,
      body: { identifier: tableIdentifierToJson(table), ...tableCommitToJson(commit) },
      createsTable: createsTable(commit.requirements),
      token: await this.tokens.find(table),
    };
    const before = this.cache.find(table, "all")?.loaded;
    this.cache.forget(table);
    const { value, etag } = requireAnswer(await this.client.readTagged("updateTable", call, parseLoadedTable));
    // The answer says nothing of how the files are reached, which a commit may change.
    if (before !== undefined && !saysHowToRead(before)) this.cache.put(table, "all", { etag, loaded: value });
    return value;
  }

  /** Forgets what was known of a table that is another one now, or none. */
  forget(table: TableIdentifier): void {
    this.cache.forget(table);
    this.tokens.forget(table);
  }

  private creation(identifier: TableIdentifier, request: CreateTableRequest, isStaged: boolean): RestCall {
    const { namespace, name } = checkIdentifier(identifier);
    return { namespace, body: { name, ...createTableRequestToJson(request, isStaged) }, ...this.delegation };
  }

  private remembered(
    table: TableIdentifier,
    mode: SnapshotsMode,
    answer: Tagged<LoadedTable> | undefined,
  ): LoadedTable {
    const { value, etag } = requireAnswer(answer);
    const loaded = mode === "refs" ? withoutHistory(value) : value;
    this.cache.put(table, mode, { etag, loaded });
    this.tokens.remember(table, loaded);
    return loaded;
  }
}

function saysHowToRead({ config, storageCredentials }: LoadedTable): boolean {
  return storageCredentials.length > 0 || Object.keys(config).length > 0;
}

function requireAnswer<T>(answer: Tagged<T> | undefined): Tagged<T> {
  if (answer !== undefined) return answer;
  throw new IcebergError("SERVICE_UNAVAILABLE", "the catalog answered 304 to what it was not asked");
}

function withoutHistory(loaded: LoadedTable): LoadedTable {
  return { ...loaded, metadata: { ...loaded.metadata, hasSnapshotsOfRefsOnly: true } };
}

function snapshotLoadingMode(properties: Properties): SnapshotsMode {
  const text = properties["snapshot-loading-mode"]?.toLowerCase() ?? "all";
  if (text === "all" || text === "refs") return text;
  throw new IcebergError(
    "INVALID_ARGUMENT",
    `catalog property snapshot-loading-mode is "${text}"; it must be all or refs`,
  );
}
