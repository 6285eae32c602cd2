import { join } from "node:path";
import { createHttpApp, type FeatureStore, serveHttp } from "@icecore/api";
import type { Session } from "@icecore/iceberg-catalog/duckdb";
import { differences, type Row, readOffline, readServed } from "./check-served.ts";
import { type Progress, proved } from "./story.ts";

const service = "delay_model";
const keys = ["origin", "destination"];

/** Materializes, serves over HTTP, and compares what is served for every route with what history says at that moment. */
export async function serveAndCheck(
  store: FeatureStore,
  flights: Session,
  directory: string,
  now: Date,
  say: (line: string) => void,
  progress: Progress,
): Promise<void> {
  const summaries = await store.materialize({
    onProgress: ({ view, rows, rowCount }) => progress(view, rows, rowCount),
  });
  const { type } = store.config.online_store;
  for (const { view, rows, mode } of summaries)
    say(`${view}: the latest of ${rows.toLocaleString("en-US")} entities into the ${type} store (${mode})`);
  const again = await store.materialize();
  say(proved(`materializing again reads ${again.reduce((sum, { rows }) => sum + rows, 0)} rows: it follows snapshots`));

  const spine = join(directory, "data", "routes.parquet");
  await flights.run(`COPY (SELECT DISTINCT origin, destination, TIMESTAMPTZ '${now.toISOString()}' AS event_timestamp FROM flights ORDER BY ALL)
    TO '${spine.replaceAll("'", "''")}'`);
  const offline = await readOffline(store, service, spine);
  const server = await serveHttp(createHttpApp(store), { host: "127.0.0.1", port: 0 });
  try {
    const served = await readServed(server.url, service, offline, keys);
    const features = Object.keys(offline[0] ?? {}).filter(
      (column) => !keys.includes(column) && column !== "event_timestamp",
    );
    const wrong = differences(served, offline, features);
    if (wrong.length > 0) throw new Error(`${wrong.length} served values differ from history, first ${wrong[0]}`);
    say(`POST ${server.url}/get-online-features: SFO to JFK ${JSON.stringify(example(served, "SFO", "JFK"))}`);
    say(
      proved(
        `${served.length.toLocaleString("en-US")} routes x ${features.length} features served over HTTP equal the offline store at ${now.toISOString()}`,
      ),
    );
  } finally {
    await server.close();
  }
}

function example(rows: readonly Row[], origin: string, destination: string): Row | undefined {
  return rows.find((row) => row["origin"] === origin && row["destination"] === destination);
}
