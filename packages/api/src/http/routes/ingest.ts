import type { IngestResult } from "@icecore/offline-store";
import type { Hono } from "hono";
import { z } from "zod";
import { temporaryDirectory } from "../../output/temporary-directory.ts";
import type { FeatureStore } from "../../store/feature-store.ts";
import { type HttpEnv, refuse } from "../failure.ts";
import { called, saveRows } from "../uploaded-rows.ts";

const parameters = z.strictObject({
  key: z.string().min(1).optional(),
  mode: z.enum(["append", "upsert"]).optional(),
});

/**
 * `POST /v1/feature-views/{name}/ingest`: rows for a view's history, as one commit. The body is Parquet, Arrow, CSV or NDJSON;
 * `?key=` makes it idempotent, `?mode=upsert` replaces rows with the same join keys and event timestamp.
 */
export function addIngest(app: Hono<HttpEnv>, store: FeatureStore, uploadLimitBytes: number): void {
  app.post("/v1/feature-views/:name/ingest", async (c) => {
    const given = parameters.safeParse(c.req.query());
    if (!given.success) {
      return refuse(
        c,
        422,
        "BODY_MALFORMED",
        given.error.issues.map(({ path, message }) => `${path.join(".") || "query"}: ${message}`).join("; "),
      );
    }
    await using directory = await temporaryDirectory();
    const file = await saveRows(c, directory.path, uploadLimitBytes);
    const view = c.req.param("name");
    const result = await called(c, "the body", file, () => store.ingest(view, { files: [file] }, given.data));
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
