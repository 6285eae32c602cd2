import { join } from "node:path";
import { openParquet } from "../../output/parquet-rows.ts";
import type { FeatureStore } from "../../store/feature-store.ts";
import type { HttpApi } from "../http-api.ts";
import type { Operation } from "../openapi/operation.ts";
import { requestSignal } from "../request-signal.ts";
import { otherFormats, resultResponse } from "../result-response.ts";
import { makeTrainingSet, readTrainingSet } from "../training-set-work.ts";
import { called, rowMediaTypes } from "../uploaded-rows.ts";
import { trainingSetBody } from "../wire/training-set-request.ts";

/** What asks for a training set. */
export const trainingSetInput = {
  json: trainingSetBody,
  example: {
    features: ["driver_hourly_stats:conv_rate"],
    spine: { columns: { driver_id: [1001], event_timestamp: ["2026-01-31T12:00:00Z"] } },
  },
  rows: Object.keys(rowMediaTypes),
};

const operation: Operation = {
  method: "post",
  path: "/v1/training-sets",
  role: "reader",
  tag: "history",
  summary: "Features for every row of a spine, as they were at its time",
  description:
    "The spine is the body (Parquet, Arrow, CSV, NDJSON; the rest goes into the query string), or in a JSON body a query, columns, a table of the catalog, or the entities that the views have. With a name it is pinned by a lock file in the repository, which needs the role writer. Accept decides the format.",
  body: trainingSetInput,
  responses: { 200: { description: "The rows, in the spine's order", content: ["application/json", ...otherFormats] } },
};

/**
 * `POST /v1/training-sets`: features for every row of a spine as they were at its time, as Arrow, Parquet, CSV or JSON. The
 * spine is the body (Parquet, Arrow, CSV, NDJSON; the rest goes into the query string), or in a JSON body a query, columns, or where its rows are.
 * With a name, it is pinned by a lock file in the repository, its spine beside it as `NAME.spine.parquet` (or the format it
 * was sent in); without one, nothing is kept. A spine can be a table of the catalog as well, or the entities that the views have.
 */
export function addTrainingSets(api: HttpApi, store: FeatureStore, uploadLimitBytes: number): void {
  api.add(operation, (c) =>
    resultResponse(c, api.slots, "application/vnd.apache.arrow.stream", async (directory) => {
      const signal = requestSignal(c);
      const work = await readTrainingSet(c, store, directory, uploadLimitBytes);
      const out = join(directory, "joined.parquet");
      const headers = await called(c, "the spine", work.spineFile, () => makeTrainingSet(store, work, out, { signal }));
      return { ...(await openParquet(out)), headers };
    }),
  );
}
