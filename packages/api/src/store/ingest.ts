import type { RowInput, WriteProgress } from "@icecore/iceberg-catalog/duckdb";
import { attachTables, type IngestMode, type IngestResult, ingest, latest } from "@icecore/offline-store";
import { nowMicros, type StoreContext, withSession } from "./context.ts";
import { findQueryTable } from "./query.ts";
import { loadOwnTable } from "./view-table.ts";

export interface IngestOptions {
  /** `append` (default) keeps what is there; `upsert` replaces rows with the same join keys and event timestamp. */
  readonly mode?: IngestMode | undefined;
  /** The same key ingests once, however often it is sent. */
  readonly key?: string | undefined;
  readonly onProgress?: ((progress: WriteProgress) => void) | undefined;
  /** Ends the work when nobody waits for it any more. What was committed by then stays. */
  readonly signal?: AbortSignal | undefined;
}

/** Brings rows into a view's history as one commit. A query may read the tables of the catalog, as they are now. */
export async function ingestRows(
  context: StoreContext,
  viewName: string,
  input: RowInput,
  { signal, ...options }: IngestOptions,
): Promise<IngestResult> {
  const { view, table } = await loadOwnTable(context, viewName);
  return withSession(
    context,
    async (session) => {
      if ("sql" in input) await attachTables(session, input.sql, latest, findQueryTable(context));
      return await ingest(session, { view, table, input, nowMicros: nowMicros(context), ...options });
    },
    signal,
  );
}
