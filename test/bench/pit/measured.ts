import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** A row of a table, and when it was measured. */
interface MeasuredRow {
  readonly cells: readonly string[];
  readonly date: string;
  /** What the machine did beside it, at its begin. */
  readonly load: number;
}

const file = fileURLToPath(new URL("../../../.cache/bench/pit-measured.json", import.meta.url));

/** Rows that were measured, by `table/size`: kept, so that every row can be measured in a run of its own. */
export const readMeasured = (): Readonly<Record<string, MeasuredRow>> =>
  existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};

/** Measures a row, and keeps it in the place of the one before. */
export async function measureRow(name: string, date: string, cells: () => Promise<readonly string[]>): Promise<void> {
  const load = loadavg()[0] ?? 0;
  const row: MeasuredRow = { cells: await cells(), date, load };
  console.error(`${name}: ${row.cells.join(" | ")}`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...readMeasured(), [name]: row }, null, 2)}\n`);
}
