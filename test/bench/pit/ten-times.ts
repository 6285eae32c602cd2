import { inProcess } from "../run.ts";
import { benchViews, type Size } from "./bench-views.ts";
import { sizeText } from "./beside-sql.ts";
import type { Joined, JoinRequest } from "./join.ts";
import { large, sparse } from "./sizes.ts";

export const growthHead = [
  "feature rows",
  "Icecore",
  "floor",
  "range join, arg_max",
  "peak memory of Icecore",
  "growth",
];

/** What ten times the rows of the same keys cost, under the same memory limit. */
export async function tenTimes(memoryLimit: string): Promise<readonly string[]> {
  const before = await joined(sparse, "icecore", memoryLimit);
  const after = await joined(large, "icecore", memoryLimit);
  const floor = await joined(large, "floor", memoryLimit);
  const byHand = await joined(large, "range", memoryLimit);
  if (byHand.checksum !== after.checksum) throw new Error("the answers differ");
  return [
    sizeText(large),
    `${after.seconds.toFixed(1)} s (${after.cpuSeconds.toFixed(1)})`,
    `${floor.seconds.toFixed(1)} s (${floor.cpuSeconds.toFixed(1)})`,
    `${byHand.seconds.toFixed(1)} s (${byHand.cpuSeconds.toFixed(1)})`,
    `${after.peakMb.toFixed(0)} MB`,
    `${(after.seconds / before.seconds).toFixed(1)}x the ${before.seconds.toFixed(1)} s of a tenth of the rows`,
  ];
}

async function joined(size: Size, how: JoinRequest["how"], memoryLimit: string): Promise<Joined> {
  const folder = await benchViews(size);
  const found = await inProcess<Joined>(import.meta.url, "join", {
    folder,
    how,
    memoryLimit,
    spineRows: size.spineRows,
  });
  console.error(`  ${size.name} ${how}: ${found.seconds.toFixed(1)} s, ${found.peakMb.toFixed(0)} MB`);
  return found;
}
