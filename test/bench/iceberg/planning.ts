import { markdownTable } from "../report.ts";
import { inProcess, inPython, median } from "../run.ts";
import { benchTable, openCatalog } from "./bench-table.ts";
import type { Planning, PlanningRequest } from "./plan-files.ts";

/** Rounds of new processes; ours and theirs take turns, so that what else the machine does hits both. */
const rounds = 3;

const files = 100_000;
const count = new Intl.NumberFormat("en").format(files);

const moments = {
  firstMs: "first of a process: cold code, too",
  coldMs: "cold: no manifest in the cache",
  warmMs: "warm: manifests in the cache",
} as const;

interface Compared {
  readonly selective: boolean;
  readonly ours: readonly Planning[];
  readonly theirs: readonly Planning[];
}

/** Plans a table with both, every row a ratio of the same run. */
export async function planningSection(python: string): Promise<string> {
  const path = await benchTable(files);
  const metadata = await metadataLocation(path);
  const compared = [await compare(path, metadata, python, false), await compare(path, metadata, python, true)];
  const rows = compared.flatMap(({ selective, ours, theirs }) => {
    const found = `${selective ? "selective" : "full"}, ${new Intl.NumberFormat("en").format(ours[0]?.files ?? 0)} files`;
    return Object.entries(moments).map(([moment, when]) => {
      const key = moment as keyof typeof moments;
      const [mine, other] = [median(ours.map((run) => run[key])), median(theirs.map((run) => run[key]))];
      return [found, when, ms(mine), ms(other), `${(other / mine).toFixed(1)}x`];
    });
  });
  return [
    `Planning a table of ${count} files in 100 manifests, 20 columns with statistics, by day; a day is spread over ten manifests.`,
    "The selective plan asks for one day and a tenth of the keys. Both read the same files from a local disk; the table is loaded before.",
    "",
    markdownTable(["plan", "", "Icecore", "PyIceberg", "ratio"], rows),
  ].join("\n");
}

/** Peak memory of a process that goes through all tasks and keeps none: what does not depend on how large the table is. */
export async function memorySection(): Promise<string> {
  const rows: string[][] = [];
  for (const size of [files, 3 * files, 10 * files]) {
    const path = await benchTable(size);
    const stream = (cache: PlanningRequest["cache"]): Promise<Planning> => {
      const request: PlanningRequest = { path, selective: false, how: "stream", repeat: 0, cache };
      return inProcess<Planning>(import.meta.url, "plan-files", request);
    };
    const [cached, uncached] = [await stream("default"), await stream("none")];
    const peaks = [cached, uncached].map(({ peakMb }) => `${peakMb.toFixed(0)} MB`);
    rows.push([new Intl.NumberFormat("en").format(size), ...peaks, ms(cached.firstMs)]);
  }
  return [
    "Peak memory of a process that streams all tasks of a table, with the default cache of manifests and without one:",
    "",
    markdownTable(["files", "with the cache", "without", "time"], rows),
  ].join("\n");
}

async function compare(path: string, metadata: string, python: string, selective: boolean): Promise<Compared> {
  const [ours, theirs]: [Planning[], Planning[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const request: PlanningRequest = { path, selective, how: "plan", repeat: selective ? 9 : 5, cache: "default" };
    ours.push(await inProcess(import.meta.url, "plan-files", request));
    theirs.push(
      await inPython(python, import.meta.url, "plan_files", { metadata, selective, repeat: selective ? 3 : 1 }),
    );
  }
  const [mine, other] = [ours[0]?.files, theirs[0]?.files];
  if (mine !== other) throw new Error(`the plans differ: ${mine} files, and ${other} by PyIceberg`);
  return { selective, ours, theirs };
}

async function metadataLocation(path: string): Promise<string> {
  await using opened = await openCatalog(path);
  return (await opened.load()).metadataLocation ?? "";
}

const ms = (value: number): string => `${value < 100 ? value.toFixed(1) : value.toFixed(0)} ms`;
