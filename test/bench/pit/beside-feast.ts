import { markdownTable } from "../report.ts";
import { inProcess, inPython } from "../run.ts";
import { benchViews, type Size, ttlDays, viewNames } from "./bench-views.ts";
import type { Joined } from "./join.ts";
import { sizes } from "./sizes.ts";

/** So long, and so much memory, Feast may take. */
const patienceMs = 300_000;
const memoryBytes = 12 * 2 ** 30;

/** Spines that are tried, longest first, until one is finished. */
const spines = [1_000_000, 100_000, 30_000, 10_000, 1_000];

interface FeastJoined {
  readonly seconds: number;
  readonly peakMb: number;
  readonly found: number;
}

/** Feast's DuckDB offline store and Icecore on the same rows: the longest spine that Feast can do, of each size. */
export async function besideFeast(python: string, memoryLimit: string): Promise<string> {
  const rows: string[][] = [];
  for (const size of sizes) {
    rows.push(await compare(python, size, memoryLimit));
    console.error(rows.at(-1)?.join(" | "));
  }
  const head = ["feature rows", "spine rows", "Icecore", "Feast", "ratio", "Feast could not do"];
  return [
    `Beside Feast 0.66.0 with its DuckDB offline store, which reads one Parquet file of each view; it may take ${patienceMs / 1000} s and 12 GiB.`,
    "Where it cannot do the whole spine, both do the longest that it can.",
    "",
    markdownTable(head, rows),
  ].join("\n");
}

async function compare(python: string, size: Size, memoryLimit: string): Promise<string[]> {
  const folder = await benchViews(size);
  const failed: string[] = [];
  for (const spineRows of spines) {
    const request = { folder, views: viewNames, ttlDays, spineRows, memoryBytes };
    const theirs = await inPython<FeastJoined>(python, import.meta.url, "feast_join", request, patienceMs).catch(
      (error: unknown) => {
        console.error(`Feast with ${spineRows} rows: ${error instanceof Error ? error.message.slice(-300) : error}`);
      },
    );
    if (theirs === undefined) {
      failed.push(count(spineRows));
      continue;
    }
    const ours = await inProcess<Joined>(import.meta.url, "join", { folder, how: "icecore", memoryLimit, spineRows });
    return [
      `${size.name}: ${count(size.featureRows)} rows, ${count(size.keys)} keys`,
      count(spineRows),
      `${ours.seconds.toFixed(1)} s`,
      `${theirs.seconds.toFixed(1)} s`,
      `${(theirs.seconds / ours.seconds).toFixed(1)}x`,
      failed.join(", "),
    ];
  }
  return [size.name, "none", "", "", "", failed.join(", ")];
}

const count = (value: number): string => new Intl.NumberFormat("en").format(value);
