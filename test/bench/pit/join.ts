import { noDefinitions, resolveFeatures } from "@icecore/feature-registry";
import type { Session } from "@icecore/iceberg-catalog/duckdb";
import { Database, quotedString, writeOutput } from "@icecore/iceberg-catalog/duckdb";
import { explainPlan, loadSpine, planHistoricalFeatures } from "@icecore/offline-store";
import { peakMemoryMb } from "../peak-memory.ts";
import { features, openBenchProject, spineSql, viewNames } from "./bench-views.ts";
import { asofJoins, asofTimes, floor, numberedRows, rangeJoins, rangeTimes } from "./hand-written.ts";

/** Measures one way to make a training set, in this process alone. */
export interface JoinRequest {
  readonly folder: string;
  readonly how: keyof typeof ways;
  readonly memoryLimit: string;
  /** The first rows of the spine, where not all are asked for. */
  readonly spineRows: number;
  /** A Parquet file that Icecore writes its rows to. Default: a table of DuckDB. */
  readonly out?: string;
}

export interface Joined {
  readonly seconds: number;
  /** Of all threads: what others do on the machine shows less in it. */
  readonly cpuSeconds: number;
  readonly peakMb: number;
  /** Of the result's rows; none of the floor's. */
  readonly checksum?: string;
  /** How many rows have a feature of the first view. */
  readonly found?: number;
  readonly plan?: string;
}

async function icecore(session: Session, folder: string, spineRows: number, out?: string): Promise<string> {
  await using opened = await openBenchProject(folder);
  const references = viewNames.flatMap((view) => features.map((feature) => `${view}:${feature}`));
  const definitions = { ...noDefinitions, featureViews: opened.views, featureServices: [] };
  const requests = resolveFeatures(definitions, { features: references, fullFeatureNames: true });
  const pinned = await Promise.all(
    requests.map(async (wanted) => {
      const table = await opened.project.loadTable(wanted.view.name);
      return { request: wanted, table, snapshotId: table.currentSnapshot()?.snapshotId };
    }),
  );
  const spine = await loadSpine(session, { sql: spineSql(folder, spineRows) });
  const job = await planHistoricalFeatures(session, spine, pinned);
  await job.run((sql) =>
    out === undefined ? session.run(`CREATE TEMP TABLE result AS ${sql}`) : writeOutput(session, sql, out),
  );
  return explainPlan(job.plan);
}

const ways = {
  icecore,
  floor,
  asof: asofJoins,
  "asof-times": asofTimes,
  range: rangeJoins,
  "range-times": rangeTimes,
  numbered: numberedRows,
} as const;

const request = JSON.parse(process.argv[2] ?? "") as JoinRequest;

await using database = await Database.open({
  memoryLimit: request.memoryLimit,
  threads: 2,
  tempDirectory: request.folder,
});
await using session = await database.connect();
const begin = performance.now();
const cpuBegin = process.cpuUsage();
const plan = await ways[request.how](session, request.folder, request.spineRows, request.out);
const seconds = (performance.now() - begin) / 1000;
const { user, system } = process.cpuUsage(cpuBegin);
const cpuSeconds = (user + system) / 1e6;
const peakMb = peakMemoryMb();
const joined: Joined = {
  seconds,
  cpuSeconds,
  peakMb,
  ...(typeof plan === "string" ? { plan } : {}),
  ...(request.how === "floor" ? {} : await checked(session)),
};
console.log(JSON.stringify(joined));

async function checked(of: Session): Promise<Pick<Joined, "checksum" | "found">> {
  const rows = request.out === undefined ? "result" : `read_parquet(${quotedString(request.out)})`;
  const row = await of.row(
    `SELECT count(*) || ' ' || bit_xor(hash(result)) AS checksum, count(first__amount)::INTEGER AS found FROM ${rows} AS result`,
  );
  return { checksum: String(row["checksum"]), found: Number(row["found"]) };
}
