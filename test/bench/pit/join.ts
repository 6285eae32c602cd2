import { resolveFeatures } from "@icecore/feature-registry";
import type { Session } from "@icecore/iceberg-catalog/duckdb";
import { Database } from "@icecore/iceberg-catalog/duckdb";
import { explainPlan, loadSpine, planHistoricalFeatures } from "@icecore/offline-store";
import { features, openBenchProject, spineSql, viewNames } from "./bench-views.ts";
import { asofJoins, floor, rangeJoins } from "./hand-written.ts";

/** Measures one way to make a training set, in this process alone. */
export interface JoinRequest {
  readonly folder: string;
  readonly how: "icecore" | "floor" | "asof" | "range";
  readonly memoryLimit: string;
  /** The first rows of the spine, where not all are asked for. */
  readonly spineRows: number;
}

export interface Joined {
  readonly seconds: number;
  /** Of all threads: what others do on the machine shows less in it. */
  readonly cpuSeconds: number;
  readonly peakMb: number;
  /** Of the result's rows; none of the floor's. */
  readonly checksum?: string;
  readonly plan?: string;
}

const request = JSON.parse(process.argv[2] ?? "") as JoinRequest;

async function icecore(session: Session, folder: string, spineRows: number): Promise<string> {
  await using opened = await openBenchProject(folder);
  const references = viewNames.flatMap((view) => features.map((feature) => `${view}:${feature}`));
  const definitions = { entities: [], featureViews: opened.views, featureServices: [] };
  const requests = resolveFeatures(definitions, { features: references, fullFeatureNames: true });
  const pinned = await Promise.all(
    requests.map(async (wanted) => {
      const table = await opened.project.loadTable(wanted.view.name);
      return { request: wanted, table, snapshotId: table.currentSnapshot()?.snapshotId };
    }),
  );
  const spine = await loadSpine(session, { sql: spineSql(folder, spineRows) });
  const job = await planHistoricalFeatures(session, spine, pinned);
  await job.run((sql) => session.run(`CREATE TEMP TABLE result AS ${sql}`));
  return explainPlan(job.plan);
}

await using database = await Database.open({
  memoryLimit: request.memoryLimit,
  threads: 2,
  tempDirectory: request.folder,
});
await using session = await database.connect();
const ways = { icecore, floor, asof: asofJoins, range: rangeJoins } as const;
const begin = performance.now();
const cpuBegin = process.cpuUsage();
const plan = await ways[request.how](session, request.folder, request.spineRows);
const seconds = (performance.now() - begin) / 1000;
const { user, system } = process.cpuUsage(cpuBegin);
const cpuSeconds = (user + system) / 1e6;
const peakMb = process.resourceUsage().maxRSS / 1024;
const joined: Joined = {
  seconds,
  cpuSeconds,
  peakMb,
  ...(typeof plan === "string" ? { plan } : {}),
  ...(request.how === "floor" ? {} : { checksum: await checksum(session) }),
};
console.log(JSON.stringify(joined));

async function checksum(of: Session): Promise<string> {
  const row = await of.row(
    "SELECT count(*) || ' ' || bit_xor(hash(result)) || ' ' || count(first__amount) AS sum FROM result",
  );
  return String(row["sum"]);
}
