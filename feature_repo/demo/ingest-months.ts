import { join } from "node:path";
import type { FeatureStore } from "@icecore/api";
import type { Session } from "@icecore/iceberg-catalog/duckdb";
import { createFlights, featureQueries } from "./flight-features.ts";
import { type Progress, proved } from "./story.ts";

/** The months of the data. The last one is kept back, to arrive after the training set was made. */
export const months = ["2001-01", "2001-02", "2001-03", "2001-04", "2001-05", "2001-06"];

const checkedRows = 500;

/** Computes every view's features for the whole history, and checks a sample against the raw flights. */
export async function computeFeatures(
  flights: Session,
  say: (line: string) => void,
  progress: Progress,
): Promise<void> {
  const views = Object.entries(featureQueries);
  const total = views.length + months.length;
  progress("flights to UTC", 0, total);
  await flights.run(createFlights);
  for (const [index, [view, query]] of views.entries()) {
    progress(view, index + 1, total);
    await flights.run(`CREATE TEMP TABLE ${view} AS ${query}`);
    const row = await flights.row(`SELECT count(*) AS n FROM ${view}`);
    say(`${view}: ${Number(row["n"]).toLocaleString("en-US")} rows`);
  }
  await checkForLeaks(flights, say);
}

/** Recomputes sampled rows from nothing but the flights that had landed by their event timestamp. */
async function checkForLeaks(flights: Session, say: (line: string) => void): Promise<void> {
  const row = await flights.row(`
    SELECT count(*) AS checked, count(*) FILTER (WHERE stated <> counted) AS wrong, max(newest - event_timestamp) AS ahead FROM (
      SELECT s.airport, s.event_timestamp, any_value(s.departures_3h) AS stated, count(*) AS counted, max(f.known_at) AS newest
      FROM (SELECT * FROM origin_delays USING SAMPLE reservoir(${checkedRows} ROWS) REPEATABLE (7)) s
      JOIN flights f ON f.origin = s.airport AND f.known_at <= s.event_timestamp AND f.known_at > s.event_timestamp - INTERVAL 3 HOURS
      GROUP BY ALL)`);
  if (Number(row["checked"]) !== checkedRows || Number(row["wrong"]) !== 0) {
    throw new Error(`${row["wrong"]} of ${row["checked"]} feature rows do not follow from the flights known by then`);
  }
  say(
    proved(
      `${checkedRows} sampled rows recomputed from the flights that had landed by their event timestamp: all equal, no leak`,
    ),
  );
}

/** Ingests what became known in a month, one commit per view. The last month takes the rest. */
export async function ingestMonth(
  store: FeatureStore,
  flights: Session,
  directory: string,
  month: string,
  say: (line: string) => void,
): Promise<void> {
  const from = `TIMESTAMPTZ '${month}-01 00:00:00+00'`;
  const until = month === months.at(-1) ? "" : `AND event_timestamp < ${from} + INTERVAL 1 MONTH`;
  let rows = 0n;
  let files = 0;
  for (const view of Object.keys(featureQueries)) {
    const file = join(directory, "data", `${view}-${month}.parquet`);
    await flights.run(
      `COPY (SELECT * FROM ${view} WHERE event_timestamp >= ${from} ${until}) TO '${file.replaceAll("'", "''")}'`,
    );
    const result = await store.ingest(view, { files: [file] }, { key: month });
    if (result.outcome === "ingested") {
      rows += result.rows;
      files += result.files;
    }
  }
  say(`${month}: ${rows.toLocaleString("en-US")} rows in ${files} data files`);
}
