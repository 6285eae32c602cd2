import type { RowInput, Session, SourceColumn } from "@icecore/iceberg-catalog/duckdb";
import { quotedIdentifier, writeOutput } from "@icecore/iceberg-catalog/duckdb";
import { type PinnedView, planHistoricalFeatures } from "../retrieval/historical-features.ts";
import type { PointInTimePlan } from "../retrieval/point-in-time-plan.ts";
import type { RetrievalStep } from "../retrieval/run-plan.ts";
import { loadSpine, rowColumn, type Spine, stringKeyColumns } from "../retrieval/spine.ts";
import { contentDigest } from "./digest.ts";

export interface BuildRequest {
  readonly input: RowInput;
  readonly timestampColumn?: string | undefined;
  readonly views: readonly PinnedView[];
  readonly onStep?: ((step: RetrievalStep) => void) | undefined;
}

/** A training set while it is still in DuckDB, and the digests that identify it. */
export interface BuiltTrainingSet {
  readonly plan: PointInTimePlan;
  readonly spine: Pick<Spine, "timestampColumn" | "rows"> & { readonly digest: string };
  readonly columns: readonly SourceColumn[];
  readonly rows: bigint;
  readonly digest: string;
  /** Writes the rows to a file, whose name says the format. */
  write(path: string): Promise<void>;
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
  const textColumns = stringKeyColumns(request.views.map((view) => view.request));
  const spine = await loadSpine(session, request.input, {
    timestampColumn: request.timestampColumn,
    textColumns,
    sorted: "sql" in request.input,
  });
  const table = quotedIdentifier(`result_${crypto.randomUUID()}`);
  try {
    const spineDigest = await contentDigest(
      session,
      `SELECT * EXCLUDE ${rowColumn} FROM ${spine.table} ORDER BY ${rowColumn}`,
    );
    checkSpine(spineDigest);
    const job = await planHistoricalFeatures(session, spine, request.views);
    await job.run((sql) => session.run(`CREATE TEMP TABLE ${table} AS ${sql}`, "point-in-time join"), request.onStep);
    const all = `SELECT * FROM ${table}`;
    return await use({
      plan: job.plan,
      spine: { timestampColumn: spine.timestampColumn, rows: spine.rows, digest: spineDigest },
      columns: await session.describe(all),
      rows: BigInt(String((await session.row(`SELECT count(*) AS n FROM ${table}`))["n"])),
      digest: await contentDigest(session, all),
      write: (path) => writeOutput(session, all, path),
    });
  } finally {
    await session.run(`DROP TABLE IF EXISTS ${table}`);
    await session.run(`DROP TABLE IF EXISTS ${spine.table}`);
  }
}
