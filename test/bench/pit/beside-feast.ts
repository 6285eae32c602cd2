import { join } from "node:path";
import { inProcess, inPython } from "../run.ts";
import { benchViews, type Size, ttlDays, viewNames } from "./bench-views.ts";
import { count, sizeText } from "./beside-sql.ts";
import type { Joined, JoinRequest } from "./join.ts";

/** So many times what Icecore took, Feast may take. */
export const patience = 25;
const memoryBytes = 16 * 2 ** 30;

interface FeastJoined {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly found?: number;
  /** What went wrong after so many seconds. */
  readonly failure?: string;
}

export const feastHead = ["feature rows", "spine rows", "Icecore", "Feast", "ratio"];

/** Feast's DuckDB offline store and Icecore on the same rows, each to a Parquet file. */
export async function besideFeast(
  python: string,
  size: Size,
  memoryLimit: string,
  /** The first of the spine, where all are more than Feast can do. */
  spineRows: number = size.spineRows,
): Promise<readonly string[]> {
  const folder = await benchViews(size);
  const before = await icecore(folder, spineRows, memoryLimit);
  const limitSeconds = Math.ceil(patience * before.seconds);
  const request = {
    folder,
    views: viewNames,
    ttlDays,
    spineRows,
    memoryBytes,
    limitSeconds,
    out: join(folder, "feast.parquet"),
  };
  const theirs = await inPython<FeastJoined>(python, import.meta.url, "feast_join", request);
  const after = await icecore(folder, spineRows, memoryLimit);
  if (theirs.found !== undefined && theirs.found !== after.found) {
    throw new Error(`of ${size.name} Feast found ${theirs.found} rows, and Icecore ${after.found}`);
  }
  const ratio = (key: "seconds" | "cpuSeconds") => `${((2 * theirs[key]) / (before[key] + after[key])).toFixed(1)}x`;
  const cost = (run: Pick<Joined, "seconds" | "cpuSeconds">) =>
    `${run.seconds.toFixed(1)} s (${run.cpuSeconds.toFixed(1)})`;
  return [
    sizeText(size),
    count(spineRows),
    `${cost(before)}, ${cost(after)}`,
    `${cost(theirs)}${theirs.failure === undefined ? "" : `: ${theirs.failure}`}`,
    `${theirs.failure === undefined ? "" : "more than "}${ratio("seconds")} (${ratio("cpuSeconds")})`,
  ];
}

function icecore(folder: string, spineRows: number, memoryLimit: string): Promise<Joined> {
  const request: JoinRequest = { folder, how: "icecore", memoryLimit, spineRows, out: join(folder, "icecore.parquet") };
  return inProcess<Joined>(import.meta.url, "join", request);
}
