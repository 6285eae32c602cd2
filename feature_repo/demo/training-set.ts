import { join } from "node:path";
import type { FeatureStore } from "@icecore/api";
import type { Session } from "@icecore/iceberg-catalog/duckdb";
import { ingestMonth, months } from "./ingest-months.ts";
import { type Progress, proved } from "./story.ts";

const name = "delay_model";
const out = (directory: string) => join(directory, `${name}.parquet`);

/** Joins the features of every flight in April and May, as they were when it left. Returns the digest. */
export async function makeTrainingSet(
  store: FeatureStore,
  flights: Session,
  directory: string,
  say: (line: string) => void,
  progress: Progress,
): Promise<string> {
  const spine = join(directory, "data", "departures.parquet");
  await flights.run(`COPY (
    SELECT departed_at AS event_timestamp, origin, destination, delay, late FROM flights
    WHERE departed_at >= TIMESTAMPTZ '2001-04-01 00:00:00+00' AND departed_at < TIMESTAMPTZ '2001-06-01 00:00:00+00'
    ORDER BY ALL) TO '${spine.replaceAll("'", "''")}'`);
  const { lock, lockPath, plan } = await store.createTrainingSet({
    name,
    spine: { files: [spine] },
    selection: { service: "delay_model" },
    at: { kind: "latest" },
    out: out(directory),
    onStep: ({ label, index, total }) => progress(label, index, total),
  });
  say(
    `${lock.result.rows.toLocaleString("en-US")} flights, ${lock.result.columns.length} columns, in ${out(directory)}`,
  );
  for (const { request, report, strategy } of plan.views) {
    const { files, manifests } = report;
    say(
      `${request.name}: ${manifests.skipped} of ${manifests.total} manifests cannot matter, ${files.kept} data files can; ${strategy.name}`,
    );
  }
  const row = await flights.row(`
    SELECT avg(late::INTEGER) FILTER (WHERE departure_late_share_24h >= 0.3) AS risky, avg(late::INTEGER) AS usual
    FROM read_parquet('${out(directory).replaceAll("'", "''")}')`);
  say(
    `of all flights ${percent(row["usual"])} were late; where 30 % had been late the day before, ${percent(row["risky"])}`,
  );
  say(proved(`pinned by ${lockPath}: ${lock.result.digest}`));
  return lock.result.digest;
}

/** Ingests another month, adds a feature, and makes the pinned set again. */
export async function surviveChanges(
  store: FeatureStore,
  flights: Session,
  directory: string,
  digest: string,
  say: (line: string) => void,
  progress: Progress,
): Promise<void> {
  const last = months.at(-1) ?? "";
  await ingestMonth(store, flights, directory, last, say);
  const before = await store.files("origin_delays");
  const added = await store.addFeature("origin_delays", {
    name: "cancelled_share_24h",
    type: "double",
    description: "Share of the last 24 hours' departures that were cancelled.",
  });
  const after = await store.files("origin_delays");
  say(
    `added origin_delays:${added.feature.name} to ${added.file}, the table and the registry (version ${added.registry.version})`,
  );
  for (const { path, rows } of after)
    say(`  ${path.slice(path.indexOf("/data/") + 6)} ${rows.toLocaleString("en-US")} rows`);
  if (JSON.stringify(paths(before)) !== JSON.stringify(paths(after)))
    throw new Error("adding a feature changed data files");
  say(proved(`the same ${after.length} data files before and after: nothing was rewritten`));
  const remade = await store.reproduceTrainingSet(name, {
    onStep: ({ label, index, total }) => progress(label, index, total),
  });
  if (remade.digest !== digest) throw new Error(`the training set differs: ${remade.digest}`);
  say(proved(`reproduced after a new month and a new feature: ${remade.digest}`));
}

function paths(files: readonly { readonly path: string }[]): readonly string[] {
  return files.map((file) => file.path);
}

function percent(share: unknown): string {
  return `${(Number(share) * 100).toFixed(1)} %`;
}
