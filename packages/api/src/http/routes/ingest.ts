import type { IngestResult } from "@icecore/offline-store";
import { z } from "zod";
import { temporaryDirectory } from "../../output/temporary-directory.ts";
import type { FeatureStore } from "../../store/feature-store.ts";
import { requireViews } from "../access/authorize.ts";
import { readQuery } from "../body.ts";
import type { HttpApi } from "../http-api.ts";
import type { Operation } from "../openapi/operation.ts";
import { requestSignal } from "../request-signal.ts";
import { called, rowMediaTypes, saveRows } from "../uploaded-rows.ts";

const parameters = z.strictObject({
  key: z.string().min(1).optional().describe("The same key ingests once, however often it is sent."),
  mode: z
    .enum(["append", "upsert"])
    .optional()
    .describe("upsert replaces rows with the same join keys and event timestamp."),
});

const snapshot = { snapshot_id: z.string(), feature_view: z.string() };

const operation: Operation = {
  method: "post",
  path: "/v1/feature-views/:name/ingest",
  role: "writer",
  tag: "history",
  summary: "Bring rows into a view's history, as one commit",
  path_parameters: { name: "The feature view" },
  query: parameters,
  body: { rows: Object.keys(rowMediaTypes) },
  responses: {
    200: {
      description: "What became of the rows",
      json: z.union([
        z.object({ ...snapshot, outcome: z.literal("ingested"), rows: z.int(), files: z.int(), bytes: z.int() }),
        z.object({
          ...snapshot,
          outcome: z.literal("upserted"),
          inserted: z.int(),
          updated: z.int(),
          unchanged: z.int(),
        }),
        z.object({ ...snapshot, outcome: z.literal("already-ingested") }),
        z.object({ feature_view: z.string(), outcome: z.literal("nothing-to-ingest") }),
      ]),
    },
  },
};

/**
 * `POST /v1/feature-views/{name}/ingest`: rows for a view's history, as one commit. The body is Parquet, Arrow, CSV or NDJSON;
 * `?key=` makes it idempotent, `?mode=upsert` replaces rows with the same join keys and event timestamp.
 */
export function addIngest(api: HttpApi, store: FeatureStore, uploadLimitBytes: number): void {
  api.add(operation, async (c) => {
    const given = readQuery(c, parameters);
    const view = c.req.param("name") ?? "";
    requireViews(c, [view]);
    await using directory = await temporaryDirectory();
    const file = await saveRows(c, directory.path, uploadLimitBytes);
    const signal = requestSignal(c);
    const result = await called(c, "the body", file, () =>
      api.slots.run(signal, () => store.ingest(view, { files: [file] }, { ...given, signal })),
    );
    return c.json({ feature_view: view, ...resultJson(result) });
  });
}

/** Ids and counts have 63 bits; ids are strings, as everywhere in this API. */
function resultJson(result: IngestResult) {
  switch (result.outcome) {
    case "ingested":
      return {
        outcome: result.outcome,
        snapshot_id: String(result.snapshotId),
        rows: Number(result.rows),
        files: result.files,
        bytes: Number(result.bytes),
      };
    case "upserted":
      return {
        outcome: result.outcome,
        snapshot_id: String(result.snapshotId),
        inserted: Number(result.inserted),
        updated: Number(result.updated),
        unchanged: Number(result.unchanged),
      };
    case "already-ingested":
      return { outcome: result.outcome, snapshot_id: String(result.snapshotId) };
    case "nothing-to-ingest":
      return { outcome: result.outcome };
  }
}
