import { type FeatureSelection, resolveFeatures } from "@icecore/feature-registry";
import { type RowInput, type StoredResult, storeResult, writeOutput } from "@icecore/iceberg-catalog/duckdb";
import {
  type At,
  loadSpine,
  type PointInTimePlan,
  planHistoricalFeatures,
  type RetrievalStep,
  stringKeyColumns,
} from "@icecore/offline-store";
import { requireRegistry, type StoreContext, withSession } from "./context.ts";
import { pinViews } from "./pin-views.ts";

export interface HistoricalFeaturesRequest {
  /** Rows with join keys and a time; each gets one row of the answer, in their order. */
  readonly spine: RowInput;
  readonly selection: FeatureSelection;
  readonly at?: At | undefined;
  readonly onStep?: ((step: RetrievalStep) => void) | undefined;
}

/** The spine's columns, then the features. */
export interface HistoricalFeatures extends StoredResult {
  readonly plan: PointInTimePlan;
  /** Writes the rows to a file, whose name says the format. */
  write(path: string): Promise<void>;
}

/** Joins features to a spine as they were at each row's time, and hands the result to `use`. Nothing is kept. */
export async function historicalFeatures<T>(
  context: StoreContext,
  { spine: input, selection, at = { kind: "latest" }, onStep }: HistoricalFeaturesRequest,
  use: (features: HistoricalFeatures) => Promise<T>,
): Promise<T> {
  const { definitions } = await requireRegistry(context.project);
  const views = await pinViews(context, resolveFeatures(definitions, selection), at);
  return withSession(context, async (session) => {
    const textColumns = stringKeyColumns(views.map((view) => view.request));
    const spine = await loadSpine(session, input, { textColumns });
    const job = await planHistoricalFeatures(session, spine, views);
    return job.run(async (sql) => {
      const result = await storeResult(session, sql);
      return use({ plan: job.plan, ...result, write: (path) => writeOutput(session, result.select, path) });
    }, onStep);
  });
}
