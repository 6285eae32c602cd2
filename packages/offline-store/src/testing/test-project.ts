import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  applyPlan,
  type FeatureRequest,
  type FeatureView,
  groupDefinitions,
  ProjectCatalog,
  planApply,
} from "@icecore/feature-registry";
import { type FileIO, RestCatalog, type SnapshotId, type Table } from "@icecore/iceberg-catalog";
import type { RowInput, Session } from "@icecore/iceberg-catalog/duckdb";
import { Database, type DatabaseOptions } from "@icecore/iceberg-catalog/duckdb";
import { openEmbeddedCatalog } from "@icecore/iceberg-catalog/server";
import { ingest } from "../ingest/ingest.ts";
import type { IngestResult } from "../ingest/ingest-result.ts";
import type { PinnedView } from "../retrieval/historical-features.ts";
import { entitiesOf } from "./views.ts";

/** What `created` becomes where rows have none: 2030-01-01. */
const nowMicros = 1_893_456_000_000_000n;

/** A project of its own: an embedded catalog in a temporary folder, and a DuckDB session. */
export class TestProject implements AsyncDisposable {
  readonly directory: string;
  readonly project: ProjectCatalog;
  readonly database: Database;
  readonly session: Session;
  readonly #close: () => Promise<void>;

  private constructor(
    directory: string,
    project: ProjectCatalog,
    database: Database,
    session: Session,
    close: () => Promise<void>,
  ) {
    this.directory = directory;
    this.project = project;
    this.database = database;
    this.session = session;
    this.#close = close;
  }

  static async open(
    options: DatabaseOptions & { readonly directory?: string; readonly io?: FileIO } = {},
  ): Promise<TestProject> {
    const directory = options.directory ?? (await mkdtemp(join(tmpdir(), "icecore-test-")));
    const embedded = await openEmbeddedCatalog({ path: join(directory, "catalog") });
    const catalog = await RestCatalog.connect({ uri: "http://embedded", fetch: embedded.fetch });
    const project = new ProjectCatalog(catalog, options.io ?? embedded.io, ["test"]);
    const database = await Database.open(options);
    return new TestProject(directory, project, database, await database.connect(), async () => {
      await embedded.close();
      await rm(directory, { recursive: true, force: true });
    });
  }

  /** Registers the views, and nothing but them; destructive changes are meant. */
  async apply(...views: readonly FeatureView[]): Promise<void> {
    const plan = await planApply(this.project, groupDefinitions([...entitiesOf(views), ...views]));
    await applyPlan(this.project, plan, { allowDestructive: true, nowMicros });
  }

  table(view: FeatureView): Promise<Table> {
    return this.project.loadTable(view.name);
  }

  async ingest(view: FeatureView, input: RowInput, key?: string): Promise<IngestResult> {
    return ingest(this.session, { view, table: await this.table(view), input, key, nowMicros });
  }

  /** The view with all its features, at a snapshot; default: the newest. */
  async pin(request: FeatureRequest, snapshotId?: SnapshotId): Promise<PinnedView> {
    const table = await this.table(request.view);
    return { request, table, snapshotId: snapshotId ?? table.currentSnapshot()?.snapshotId };
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** Every file under the warehouse that holds rows. */
  async dataFiles(): Promise<readonly string[]> {
    const names = await readdir(join(this.directory, "catalog", "warehouse"), { recursive: true });
    return names.filter((name) => name.endsWith(".parquet")).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session[Symbol.asyncDispose]();
    await this.database[Symbol.asyncDispose]();
    await this.#close();
  }
}
