import type { FeatureView } from "@icecore/feature-registry";
import type { RecordBatch } from "apache-arrow";
import { viewBatch } from "../../../arrow/view-batch.ts";
import type { RedisLayout, WriteTerms } from "../layout/redis-layout.ts";
import type { Script } from "../scripts/run-script.ts";
import { following } from "../servers/following.ts";
import type { RedisNode } from "../servers/redis-node.ts";
import type { RedisServers } from "../servers/redis-servers.ts";
import type { FirstRun } from "./first-run.ts";
import { allRows, insertRows } from "./insert-rows.ts";
import { mergeRows } from "./merge-rows.ts";

/** What all writes of a view have in common. */
export interface WriteContext {
  readonly servers: RedisServers;
  readonly layout: RedisLayout;
  readonly script: Script;
  readonly view: FeatureView;
  /** The view's mark on a server. */
  readonly markOn: (node: RedisNode) => string;
  /** The token of the run; empty: there is none. */
  readonly token: string;
  /** The run, if it is the view's first. */
  readonly firstRun: FirstRun | undefined;
  readonly terms: WriteTerms;
}

export interface RowCounts {
  readonly written: number;
  readonly deleted: number;
}

/**
 * Writes a batch. Rows are merged with what is stored, by a script; in a first run, those are that could not be inserted,
 * which costs a fraction.
 */
export async function writeBatch(context: WriteContext, batch: RecordBatch): Promise<RowCounts> {
  const rows = viewBatch(context.view, batch);
  // Rows that were inserted before the server was lost are refused the next time, and are merged with themselves.
  const { servers, firstRun } = context;
  const left = firstRun ? await following(servers, () => insertRows(firstRun, context, rows)) : allRows(rows);
  const { written, deleted } = await mergeRows(context, rows, left);
  return { written: batch.numRows - left.length + written, deleted };
}
