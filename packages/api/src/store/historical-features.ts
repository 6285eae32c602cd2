import { type FeatureSelection, resolveFeatures } from "@icecore/feature-registry";
import { type StoredResult, storeResult, writeOutput } from "@icecore/iceberg-catalog/duckdb";
import {
  type At,
  loadEntitySpine,
  loadSpine,
  type PointInTimePlan,
  planHistoricalFeatures,
  type RetrievalStep,
  type SpineInput,
  stringKeyColumns,
} from "@icecore/offline-store";
import { requireRegistry, type StoreContext, withSession } from "./context.ts";
import { pinViews } from "./pin-views.ts";
import { pinSpine, type SpineOptions } from "./spine-options.ts";

export interface HistoricalFeaturesRequest {
  /**
   * Rows with join keys and a time; each gets one row of the answer, in their order. Without rows of your own: which of
   * the entities that the views have.
   */
  readonly spine: SpineInput | SpineOptions;
  readonly selection: FeatureSelection;
  readonly at?: At | undefined;
  /** Leaves out what was created after a row's time: what nobody could have known then. Default: false. */
  readonly filterByCreatedTimestamp?: boolean | undefined;
  readonly onStep?: ((step: RetrievalStep) => void) | undefined;
  /** Ends the work when nobody waits for it any more. */
  readonly signal?: AbortSignal | undefined;
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
  {
    spine: input,
    selection,
    at = { kind: "latest" },
    filterByCreatedTimestamp,
    onStep,
    signal,
  }: HistoricalFeaturesRequest,
  use: (features: HistoricalFeatures) => Promise<T>,
): Promise<T> {
  const { definitions } = await requireRegistry(context.project);
  const views = await pinViews(context, resolveFeatures(definitions, selection), at);
  return withSession(
    context,
    async (session) => {
      const textColumns = stringKeyColumns(views.map((view) => view.request));
      const rows = await toSpineInput(context, input, at);
      const spine =
        "entities" in rows
          ? await loadEntitySpine(session, views, rows.entities)
          : await loadSpine(session, rows, { textColumns });
      const job = await planHistoricalFeatures(session, spine, views, { filterByCreatedTimestamp });
      return job.run(async (sql) => {
        const result = await storeResult(session, sql);
        return use({ plan: job.plan, ...result, write: (path) => writeOutput(session, result.select, path) });
      }, onStep);
    },
    signal,
  );
}

/** A table is given by itself, or by its name. */
async function toSpineInput(context: StoreContext, input: HistoricalFeaturesRequest["spine"], at: At) {
  if (!("table" in input)) return input;
  const { table, ...state } = input;
  return typeof table === "string" ? pinSpine(context, { table, ...state }, at) : { table, ...state };
}
