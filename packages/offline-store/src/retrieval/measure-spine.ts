import type { Datum } from "@icecore/iceberg-catalog";
import type { Row, Session } from "@icecore/iceberg-catalog/duckdb";
import { quotedIdentifier } from "@icecore/iceberg-catalog/duckdb";
import type { PlanLimits, TimeBins } from "./point-in-time-plan.ts";
import type { KeyValues, SlotSet } from "./slot-set.ts";
import type { Spine } from "./spine.ts";
import { lookupKey } from "./spine-keys.ts";

/** How many rows of a spine are looked at to see how they crowd; all, where there are no more. */
const sampledRows = 200_000n;

/** So many values of a key are asked for one by one when files are chosen; more, as a range. */
const fewValues = 64;

/** What a spine's rows look up by, for each list of key columns. */
export function measureSlotSets(
  session: Session,
  spine: Spine,
  keyColumns: readonly (readonly string[])[],
): Promise<readonly SlotSet[]> {
  return Promise.all(keyColumns.map((columns) => measureSlotSet(session, spine, columns)));
}

async function measureSlotSet(session: Session, spine: Spine, keyColumns: readonly string[]): Promise<SlotSet> {
  if (keyColumns.length === 0) return { keyColumns, keys: 1n, rowsPerKey: Number(spine.rows), values: [] };
  const keys = keyColumns.map((column) => lookupKey(spine.columns, column));
  const measured = keys.flatMap((key, index) => [
    `approx_count_distinct(${key}) AS keys_${index}`,
    `${datum(spine, keyColumns[index] ?? "", `min(${key})`)} AS lo_${index}`,
    `${datum(spine, keyColumns[index] ?? "", `max(${key})`)} AS hi_${index}`,
  ]);
  const row = await session.row(
    `SELECT approx_count_distinct(${keys.length === 1 ? keys[0] : `row(${keys.join(", ")})`}) AS keys, ${measured.join(", ")} FROM ${spine.table} spine`,
  );
  const values: KeyValues[] = [];
  for (const index of keyColumns.keys())
    values.push(await keyValues(session, spine, keyColumns[index] ?? "", row, index));
  return { keyColumns, keys: BigInt(String(row["keys"])), rowsPerKey: await crowd(session, spine, keys), values };
}

async function keyValues(session: Session, spine: Spine, column: string, row: Row, index: number): Promise<KeyValues> {
  const [from, to] = [row[`lo_${index}`], row[`hi_${index}`]];
  if (!isDatum(from) || !isDatum(to)) return { kind: "few", values: [] };
  if (Number(row[`keys_${index}`]) > fewValues) return { kind: "range", from, to };
  const key = lookupKey(spine.columns, column);
  const distinct = await session.rows(
    `SELECT ${datum(spine, column, "key")} AS key FROM (SELECT DISTINCT ${key} AS key FROM ${spine.table} spine) WHERE key IS NOT NULL ORDER BY key`,
  );
  return { kind: "few", values: distinct.map(({ key: value }) => value).filter(isDatum) };
}

/** In the form that predicates have it. */
function datum(spine: Spine, column: string, sql: string): string {
  const type = spine.columns.find(({ name }) => name === column)?.type ?? "";
  return type.startsWith("TIMESTAMP") ? `epoch_us(${sql})` : sql;
}

function isDatum(value: unknown): value is Datum {
  return value !== null && value !== undefined;
}

/** How crowded the time bins of that length are. */
export async function measureBins(
  session: Session,
  spine: Spine,
  keyColumns: readonly string[],
  micros: bigint,
): Promise<TimeBins> {
  const keys = keyColumns.map((column) => lookupKey(spine.columns, column));
  const bin = `epoch_us(spine.${quotedIdentifier(spine.timestampColumn)}) // ${micros}`;
  return { micros, rowsPerBin: await crowd(session, spine, [...keys, bin]) };
}

/**
 * How many rows share what a row has, on average over rows. Of a sample, pairs are as rare as the square of its share: they
 * are scaled up.
 */
async function crowd(session: Session, spine: Spine, columns: readonly string[]): Promise<number> {
  const percent = Number((sampledRows * 10_000n) / (spine.rows > 0n ? spine.rows : 1n)) / 100;
  const sample = percent >= 100 ? "" : `USING SAMPLE ${percent} PERCENT (bernoulli, 1)`;
  const row = await session.row(
    `SELECT sum(n) AS total, sum(n * (n - 1)) AS pairs FROM (
      SELECT count(*)::DOUBLE AS n FROM (SELECT ${columns.map((sql, index) => `${sql} AS c${index}`).join(", ")} FROM ${spine.table} spine ${sample})
      WHERE ${columns.map((_, index) => `c${index} IS NOT NULL`).join(" AND ")} GROUP BY ${columns.map((_, index) => `c${index}`).join(", ")})`,
  );
  const [total, pairs] = [Number(row["total"] ?? 0), Number(row["pairs"] ?? 0)];
  return total === 0 ? 1 : 1 + pairs / total / Math.min(1, percent / 100);
}

const units: Readonly<Record<string, number>> = { bytes: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** What the database may use, as it was opened. */
export async function measureLimits(session: Session): Promise<PlanLimits> {
  const row = await session.row("SELECT current_setting('memory_limit') AS memory");
  const [amount, unit] = String(row["memory"]).split(" ");
  const bytes = Number(amount) * (units[unit ?? ""] ?? 1);
  return { memoryBytes: BigInt(Number.isFinite(bytes) ? Math.round(bytes) : 2 ** 30) };
}
