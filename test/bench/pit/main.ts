import { cpus, loadavg, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { virtualEnvironment } from "../../support/python-environment.ts";
import { markdownTable, writeSection } from "../report.ts";
import { inProcess, median } from "../run.ts";
import { benchViews, type Size } from "./bench-views.ts";
import { besideFeast } from "./beside-feast.ts";
import type { Joined, JoinRequest } from "./join.ts";
import { large, sizes } from "./sizes.ts";

/**
 * `npm run bench:pit -- [--large] [--machine TEXT] [--date TEXT]`: measures the point-in-time join, and writes what it found
 * into docs/benchmarks.md. `--large` takes 100 million feature rows as well.
 */
const { values } = parseArgs({
  options: { machine: { type: "string" }, date: { type: "string" }, large: { type: "boolean", default: false } },
});
const machine = values.machine ?? `${cpus().length} x ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
const date = values.date ?? new Date().toISOString().slice(0, 10);
const load = `load average ${loadavg()[0]?.toFixed(1)} at the start`;
const feast = virtualEnvironment(fileURLToPath(new URL("./python/requirements.txt", import.meta.url)));

/** Rounds of new processes; the ways take turns, so that what else the machine does hits all. */
const rounds = 3;
const memoryLimit = "4GiB";

const ways = ["floor", "asof", "range", "icecore"] as const;
type Way = (typeof ways)[number];
/** Comparing every row of a key with every lookup of it takes hours where both are many. */
const isHopeless = (size: Size, way: Way): boolean => way === "range" && size.keys < 1000;

async function measure(size: Size): Promise<ReadonlyMap<Way, readonly Joined[]>> {
  const folder = await benchViews(size);
  const found = new Map<Way, Joined[]>(ways.map((way) => [way, []]));
  for (let round = 0; round < rounds; round++) {
    for (const how of ways.filter((way) => !isHopeless(size, way))) {
      const request: JoinRequest = { folder, how, memoryLimit, spineRows: size.spineRows };
      found.get(how)?.push(await inProcess<Joined>(import.meta.url, "join", request));
    }
  }
  const sums = new Set([...found.values()].flat().flatMap(({ checksum }) => checksum ?? []));
  if (sums.size !== 1) throw new Error(`the answers of ${size.name} differ: ${[...sums].join("; ")}`);
  return found;
}

function rowOf(size: Size, found: ReadonlyMap<Way, readonly Joined[]>): readonly string[] {
  const of = (way: Way, key: "seconds" | "cpuSeconds" | "peakMb") =>
    median((found.get(way) ?? []).map((run) => run[key]));
  const [asof, range] = [of("asof", "seconds"), of("range", "seconds")];
  const best: Way = range > 0 && range < asof ? "range" : "asof";
  const cost = (way: Way) => `${of(way, "seconds").toFixed(1)} s (${of(way, "cpuSeconds").toFixed(1)})`;
  const ratio = (key: "seconds" | "cpuSeconds", to: Way) => `${(of("icecore", key) / of(to, key)).toFixed(2)}x`;
  return [
    `${size.name}: ${count(size.featureRows)} rows, ${count(size.keys)} keys`,
    cost("icecore"),
    cost("floor"),
    cost("asof"),
    range > 0 ? cost("range") : "hours",
    `${ratio("seconds", best)} (${ratio("cpuSeconds", best)})`,
    ratio("seconds", "floor"),
    `${of("icecore", "peakMb").toFixed(0)} MB`,
  ];
}

const count = (value: number): string => new Intl.NumberFormat("en").format(value);

const rows: (readonly string[])[] = [];
for (const size of values.large ? [...sizes, large] : sizes) {
  rows.push(rowOf(size, await measure(size)));
  console.error(rows.at(-1)?.join(" | "));
}
const text = [
  `## Point-in-time join: \`npm run bench:pit\``,
  "",
  `${date}; ${machine}; ${load}; Node ${process.version}; two threads, memory limit ${memoryLimit}.`,
  "",
  `Three views of so many rows over a year, five features each, in tables by day; a spine of ${count(sizes[0]?.spineRows ?? 0)} rows; a ttl of 30 days.`,
  `Medians of ${rounds} rounds of new processes that take turns, in seconds (of all threads' CPU in brackets). The floor reads all columns and sorts the spine.`,
  "The hand-written SQL is for DuckDB, one view at a time; all give the same rows. The ratios are Icecore's time to the better of the two, and to the floor.",
  "",
  markdownTable(
    ["feature rows", "Icecore", "floor", "ASOF JOIN", "range join", "to the better SQL", "to the floor", "peak memory"],
    rows,
  ),
  "",
  await besideFeast(feast, memoryLimit),
];
console.log(writeSection("pit", text.join("\n")));
