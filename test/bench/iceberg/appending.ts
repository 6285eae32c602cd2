import { markdownTable } from "../report.ts";
import { inProcess } from "../run.ts";
import type { Appending } from "./append-rows.ts";

/** How much longer an append takes than DuckDB's own COPY of the same rows. */
export async function appendingSection(): Promise<string> {
  const measured = await inProcess<readonly Appending[]>(import.meta.url, "append-rows", {});
  const rows = measured.map(({ layout, ours, copy }) => {
    const [mine, bare] = [median(ours), median(copy)];
    return [layout, `${mine.toFixed(0)} ms`, `${bare.toFixed(0)} ms`, `${(mine / bare).toFixed(2)}x`];
  });
  return [
    "Appending 5,000,000 rows of 7 columns, checked and committed, against a bare `COPY` of them in the same layout:",
    "",
    markdownTable(["layout", "append", "COPY", "append / COPY"], rows),
  ].join("\n");
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
