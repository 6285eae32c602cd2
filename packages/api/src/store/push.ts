import { type FeatureView, findFeatureView } from "@icecore/feature-registry";
import type { Table } from "@icecore/iceberg-catalog";
import { type ArrowInput, findAppend, type RowInput } from "@icecore/iceberg-catalog/duckdb";
import { type IngestResult, openPushedRows, type PushedRows } from "@icecore/offline-store";
import { type MaterializeSummary, materializeWindow } from "@icecore/online-sync";
import { toError } from "../errors.ts";
import { nowMicros, type StoreContext, withSession } from "./context.ts";
import { refuseOffline } from "./select-views.ts";
import type { PushedColumns } from "./value-columns.ts";
import { valueTable } from "./value-table.ts";
import { refuseForeignTable } from "./view-table.ts";

/** Feast's words for where pushed rows go. */
export const pushTargets = ["online", "offline", "online_and_offline"] as const;
export type PushTarget = (typeof pushTargets)[number];

/** Rows to push: columns or rows of JavaScript values, files, a query, or Arrow. */
export type PushInput = PushedColumns | RowInput | ArrowInput;

export interface PushOptions {
  /** Default: `online_and_offline`. */
  readonly to?: PushTarget | undefined;
  /** The same key goes into the history once, whoever calls how often. */
  readonly key?: string | undefined;
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
  const view = await pushedView(context, viewName, to);
  const table = await context.project.loadViewTable(view);
  const earlier = key === undefined || to === "online" ? undefined : findAppend(table.metadata, key);
  const known = earlier && ({ outcome: "already-ingested", snapshotId: earlier.snapshotId } as const);
  if (known !== undefined && to === "offline") return { view: view.name, offline: known };
  const rows = "columns" in input || "rows" in input ? { arrow: valueTable(input, table.schema) } : input;
  const written = await writePushed(context, {
    view,
    table,
    rows,
    to: known === undefined ? to : "online",
    keys: key === undefined ? [] : [key],
  });
  const { offline = known, online } = written;
  if (online instanceof Error) throw online;
  return { view: view.name, ...(offline && { offline }), ...(online && { online }) };
}

/** The view, if rows may be pushed to it. @throws RegistryError `FEATURE_VIEW_NOT_FOUND`; IcecoreError `ARGUMENT_INVALID` */
export async function pushedView(context: StoreContext, name: string, to: PushTarget): Promise<FeatureView> {
  const { definitions } = await context.cachedRegistry.read();
  const view = findFeatureView(definitions, name);
  if (to !== "online") refuseForeignTable(view);
  if (to !== "offline") refuseOffline(view);
  return view;
}

interface PushWrite {
  readonly view: FeatureView;
  readonly table: Table;
  readonly rows: RowInput | ArrowInput;
  readonly to: PushTarget;
  /** Of all whose rows they are: if one of them is in the history already, none of the rows goes there. */
  readonly keys: readonly string[];
}

/** What became of the rows in each store that they were to go to. What the history has is not undone by a failure online. */
interface PushWritten {
  readonly offline?: IngestResult;
  readonly online?: NonNullable<PushResult["online"]> | Error;
}

/** Writes pushed rows, after a look at all of them. @throws what the history fails for, with nothing written */
export function writePushed(
  context: StoreContext,
  { view, table, rows: input, to, keys }: PushWrite,
): Promise<PushWritten> {
  return withSession(context, async (session) => {
    const request = { view, table, input, nowMicros: nowMicros(context), isForOnline: to !== "offline" };
    await using pushed = await openPushedRows(session, request);
    const offline = to === "online" ? {} : { offline: await pushed.append(keys) };
    if (to === "offline") return offline;
    const online = await writeOnline(context, view, pushed.rows).catch(toError);
    return { ...offline, online };
  });
}

async function writeOnline(context: StoreContext, view: FeatureView, pushed: PushedRows["rows"]) {
  const { rows, written, skipped } = await materializeWindow({
    view,
    store: await context.onlineStore(),
    rows: pushed,
  });
  return { rows, written, skipped };
}
