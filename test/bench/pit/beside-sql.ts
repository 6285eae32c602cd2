import { inProcess, median } from "../run.ts";
import { benchViews, type Size } from "./bench-views.ts";
import type { Joined, JoinRequest } from "./join.ts";

type Way = JoinRequest["how"];

/** Hand-written forms that compare few rows of a key with each other, whatever there are of it. */
const asofs = ["asof", "asof-times"] as const;
/** Those that compare every row with every lookup of its key that sees it: hours where both are many. */
const ranges = ["range", "range-times", "numbered"] as const;

const nameOf: Readonly<Record<(typeof asofs | typeof ranges)[number], string>> = {
  asof: "ASOF JOIN",
  "asof-times": "ASOF JOIN, rows fetched",
  range: "range join, arg_max",
  "range-times": "range join, rows fetched",
  numbered: "range join, row_number",
};

export const sqlHead = [
  "feature rows",
  "Icecore",
  "floor",
  "best SQL by hand",
  "the others",
  "to the best SQL",
  "to the floor",
  "peak memory",
];

/** Icecore beside the floor and hand-written SQL, in processes of their own that take turns. */
export async function besideSql(size: Size, memoryLimit: string, rounds: number): Promise<readonly string[]> {
  const folder = await benchViews(size);
  const byHand = size.keys < 1000 ? asofs : [...asofs, ...ranges];
  const ways: readonly Way[] = ["floor", ...byHand, "icecore"];
  const found = new Map<Way, Joined[]>(ways.map((way) => [way, []]));
  for (let round = 0; round < rounds; round++) {
    for (const how of ways) {
      const request: JoinRequest = { folder, how, memoryLimit, spineRows: size.spineRows };
      const joined = await inProcess<Joined>(import.meta.url, "join", request);
      console.error(`  ${size.name} ${how}: ${joined.seconds.toFixed(1)} s`);
      found.get(how)?.push(joined);
    }
  }
  refuseDifferentAnswers(size, [...found.values()].flat());
  const of = (way: Way, key: "seconds" | "cpuSeconds" | "peakMb") =>
    median((found.get(way) ?? []).map((run) => run[key]));
  const cost = (way: Way) => `${of(way, "seconds").toFixed(1)} s (${of(way, "cpuSeconds").toFixed(1)})`;
  const ratio = (key: "seconds" | "cpuSeconds", to: Way) => `${(of("icecore", key) / of(to, key)).toFixed(2)}x`;
  const [best, ...others] = [...byHand].sort((a, b) => of(a, "seconds") - of(b, "seconds"));
  if (best === undefined) throw new Error("there are some");
  return [
    sizeText(size),
    cost("icecore"),
    cost("floor"),
    `${cost(best)} ${nameOf[best]}`,
    others.map((way) => `${of(way, "seconds").toFixed(1)} s ${nameOf[way]}`).join("; "),
    `${ratio("seconds", best)} (${ratio("cpuSeconds", best)})`,
    ratio("seconds", "floor"),
    `${of("icecore", "peakMb").toFixed(0)} MB`,
  ];
}

function refuseDifferentAnswers({ name }: Size, runs: readonly Joined[]): void {
  const sums = new Set(runs.flatMap(({ checksum }) => checksum ?? []));
  if (sums.size !== 1) throw new Error(`the answers of ${name} differ: ${[...sums].join("; ")}`);
}

export const sizeText = ({ name, featureRows, keys }: Size): string =>
  `${name}: ${count(featureRows)} rows, ${count(keys)} keys`;

export const count = (value: number): string => new Intl.NumberFormat("en").format(value);
