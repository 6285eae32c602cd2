import type { FeatureStore } from "@icecore/api";
import { proved } from "./story.ts";

const sql = "SELECT count(*)::INTEGER AS flights_hours, max(event_timestamp) AS newest FROM origin_delays";

/** Asks one question of two snapshots. */
export async function travelInTime(store: FeatureStore, say: (line: string) => void): Promise<void> {
  const history = await store.history("origin_delays");
  const [newest, oldest] = [history[0], history.at(-1)];
  if (newest === undefined || oldest === undefined) throw new Error("no history");
  say(sql);
  const answers = [];
  for (const { snapshotId, totalRows } of [oldest, newest]) {
    const at = { kind: "snapshots" as const, snapshots: new Map([["origin_delays", snapshotId]]) };
    const count = await store.query(sql, async (query) => firstValue(query.batches()), { at });
    if (BigInt(count) !== totalRows) throw new Error(`snapshot ${snapshotId} has ${totalRows} rows, not ${count}`);
    answers.push(`at snapshot ${snapshotId}: ${count.toLocaleString("en-US")} rows`);
  }
  for (const answer of answers) say(answer);
  say(proved("the same query, two snapshots, two answers: each the one its commit recorded"));
}

async function firstValue(
  batches: AsyncIterable<{ getChildAt(index: number): { get(row: number): unknown } | null }>,
): Promise<number> {
  for await (const batch of batches) return Number(batch.getChildAt(0)?.get(0));
  throw new Error("no answer");
}
