import { findFeatureView } from "@icecore/feature-registry";
import type { ArrowInput, RowInput } from "@icecore/iceberg-catalog/duckdb";
import { type IngestResult, openPushedRows } from "@icecore/offline-store";
import { type MaterializeSummary, materializeWindow } from "@icecore/online-sync";
import { nowMicros, type StoreContext, withSession } from "./context.ts";
import { refuseOffline } from "./select-views.ts";
import { type PushedColumns, textTable } from "./text-table.ts";
import { refuseForeignTable } from "./view-table.ts";

/** Feast's words for where pushed rows go. */
export const pushTargets = ["online", "offline", "online_and_offline"] as const;
export type PushTarget = (typeof pushTargets)[number];

/** Rows to push: columns or rows of JavaScript values, files, a query, or Arrow. */
export type PushInput = PushedColumns | RowInput | ArrowInput;

export interface PushOptions {
  /** Default: `online_and_offline`. */
  readonly to?: PushTarget | undefined;
  /**
   * The same key goes into the history once, whoever calls how often. Several are of rows that were gathered from as many
   * callers: all go into the history, or, if one of the keys was there, none.
   */
  readonly key?: string | readonly string[] | undefined;
}

export interface PushResult {
  readonly view: string;
  /** What became of the rows in the history; undefined where they were not to go there. */
  readonly offline?: IngestResult;
  /** What became of them in the online store; undefined where they were not to go there. */
  readonly online?: Pick<MaterializeSummary, "rows" | "written" | "skipped">;
}

/**
 * Writes rows to the online store, the history, or both, in which they are then the same, `created` included. The history
 * comes first: what it has, the next materialization brings online, if the online store fails now.
 */
export async function pushRows(
  context: StoreContext,
  viewName: string,
  input: PushInput,
  { to = "online_and_offline", key }: PushOptions = {},
): Promise<PushResult> {
  const { definitions } = await context.cachedRegistry.read();
  const view = findFeatureView(definitions, viewName);
  if (to !== "online") refuseForeignTable(view);
  if (to !== "offline") refuseOffline(view);
  const table = await context.project.loadViewTable(view);
  const rowInput = "columns" in input || "rows" in input ? { arrow: textTable(input) } : input;
  return withSession(context, async (session) => {
    const request = { view, table, input: rowInput, nowMicros: nowMicros(context) };
    await using pushed = await openPushedRows(session, request);
    const offline = to === "online" ? undefined : await pushed.append(key);
    if (to === "offline") return { view: view.name, ...(offline && { offline }) };
    const { rows } = pushed;
    const summary = await materializeWindow({ view, store: await context.onlineStore(), rows });
    const online = { rows: summary.rows, written: summary.written, skipped: summary.skipped };
    return { view: view.name, ...(offline && { offline }), online };
  });
}
