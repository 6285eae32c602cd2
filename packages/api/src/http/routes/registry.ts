import { type JsonValue, stringifyJson } from "@icecore/iceberg-catalog";
import type { Context, Hono } from "hono";
import type { FeatureStore } from "../../store/feature-store.ts";
import type { HistoryEntry } from "../../store/history.ts";
import type { HttpEnv } from "../failure.ts";
import { definitionsJson } from "../wire/definitions.ts";

/** `GET /v1/registry`: the definitions in force. `GET /v1/feature-views/{name}/history`: a view's snapshots, newest first. */
export function addRegistry(app: Hono<HttpEnv>, store: FeatureStore): void {
  app.get("/v1/registry", async (c) => {
    const { version, snapshotId, definitions } = await store.registry();
    return json(c, { version, snapshot_id: idText(snapshotId), ...definitionsJson(definitions) });
  });

  app.get("/v1/feature-views/:name/history", async (c) => {
    const name = c.req.param("name");
    const history = await store.history(name);
    return json(c, { feature_view: name, snapshots: history.map(entryJson) });
  });
}

function entryJson(entry: HistoryEntry) {
  return {
    snapshot_id: idText(entry.snapshotId),
    committed_at: entry.committedAt.toISOString(),
    operation: entry.operation,
    added_rows: entry.addedRows,
    total_rows: entry.totalRows,
    added_files: entry.addedFiles,
    refs: entry.refs,
    ingest_key: entry.ingestKey ?? null,
    current: entry.isCurrent,
  };
}

/** Ids are strings: they have 63 bits, and most JSON parsers keep 53. */
function idText(id: bigint | undefined): string | null {
  return id === undefined ? null : String(id);
}

function json(c: Context<HttpEnv>, value: JsonValue): Response {
  return c.body(stringifyJson(value), 200, { "content-type": "application/json" });
}
