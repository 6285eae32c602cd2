import type { FeatureStore } from "../../store/feature-store.ts";
import type { HistoryEntry } from "../../store/history.ts";
import { requireViews } from "../access/authorize.ts";
import type { HttpApi } from "../http-api.ts";
import { jsonAnswer } from "../json-answer.ts";
import type { Operation } from "../openapi/operation.ts";
import { viewHistorySchema } from "../wire/registry-schemas.ts";
import { idText } from "../wire/state.ts";

const operation: Operation = {
  method: "get",
  path: "/v1/feature-views/:name/history",
  role: "reader",
  tag: "history",
  summary: "The snapshots of a feature view, newest first",
  path_parameters: { name: "The feature view" },
  responses: { 200: { description: "Its snapshots", json: viewHistorySchema } },
};

/** `GET /v1/feature-views/{name}/history`: a view's snapshots, newest first. */
export function addHistory(api: HttpApi, store: FeatureStore): void {
  api.add(operation, async (c) => {
    const name = c.req.param("name") ?? "";
    requireViews(c, [name]);
    const history = await store.history(name);
    return jsonAnswer(c, { feature_view: name, snapshots: history.map(entryJson) });
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
    ingest_keys: entry.ingestKeys,
    current: entry.isCurrent,
  };
}
