import type { Session, SourceColumn } from "@icecore/iceberg-catalog/duckdb";
import { TemporaryTables, writeOutput } from "@icecore/iceberg-catalog/duckdb";
import { type PinnedView, planHistoricalFeatures } from "../retrieval/historical-features.ts";
import type { PointInTimePlan } from "../retrieval/point-in-time-plan.ts";
import type { RetrievalStep } from "../retrieval/run-plan.ts";
import { rowColumn, type Spine } from "../retrieval/spine.ts";
import { contentDigest } from "./digest.ts";
import { loadTrainingSetSpine, type TrainingSetSpine } from "./spine-source.ts";
import { isDirectoryPath, writeParts } from "./write-parts.ts";

export interface BuildRequest {
  readonly input: TrainingSetSpine;
  readonly timestampColumn?: string | undefined;
  readonly views: readonly PinnedView[];
  readonly filterByCreatedTimestamp?: boolean | undefined;
  readonly onStep?: ((step: RetrievalStep) => void) | undefined;
}

/** A training set while it is still in DuckDB, and the digests that identify it. */
export interface BuiltTrainingSet {
  readonly plan: PointInTimePlan;
  readonly spine: Pick<Spine, "timestampColumn" | "rows"> & { readonly digest: string };
  readonly columns: readonly SourceColumn[];
  readonly rows: bigint;
  readonly digest: string;
  /** The temporary table that holds the rows in order, quoted. */
  readonly table: string;
  /** Writes the rows to a file, whose name says the format, or, of a name that ends in `/`, to a directory of Parquet files. */
  write(path: string, options?: WriteOptions): Promise<void>;
}

export interface WriteOptions {
  /** Rows per file of a directory. Default: a million. */
  readonly rowsPerFile?: number | undefined;
}

/**
 * Joins a training set and hands it to `use`; what it holds in DuckDB is gone afterwards. The spine is checked by
 * `checkSpine` before the join begins.
 */
export async function buildTrainingSet<T>(
  session: Session,
  request: BuildRequest,
  use: (built: BuiltTrainingSet) => Promise<T>,
  checkSpine: (spineDigest: string) => void = () => {},
): Promise<T> {
  const { input, views, timestampColumn, filterByCreatedTimestamp } = request;
  const spine = await loadTrainingSetSpine(session, input, views, timestampColumn);
  await using tables = new TemporaryTables(session);
  tables.own(spine.table);
  const spineDigest = await contentDigest(
    session,
    `SELECT * EXCLUDE ${rowColumn} FROM ${spine.table} ORDER BY ${rowColumn}`,
  );
  checkSpine(spineDigest);
  const job = await planHistoricalFeatures(session, spine, views, { filterByCreatedTimestamp });
  const table = await job.run((sql) => tables.create("result", sql, "point-in-time join"), request.onStep);
  const all = `SELECT * FROM ${table}`;
  const rows = BigInt(String((await session.row(`SELECT count(*) AS n FROM ${table}`))["n"]));
  return await use({
    table,
    plan: job.plan,
    spine: { timestampColumn: spine.timestampColumn, rows: spine.rows, digest: spineDigest },
    columns: await session.describe(all),
    rows,
    digest: await contentDigest(session, all),
    write: (path, { rowsPerFile } = {}) =>
      isDirectoryPath(path) ? writeParts(session, { table, rows }, path, rowsPerFile) : writeOutput(session, all, path),
  });
}
