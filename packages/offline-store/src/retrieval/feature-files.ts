import {
  type DataFile,
  decodeValue,
  type FileScanTask,
  requireField,
  type ScanReport,
  type Schema,
} from "@icecore/iceberg-catalog";
import type { TimeRange } from "./visible-window.ts";

/** The data files of a view that can matter, and what their statistics tell. */
export interface FeatureFiles {
  readonly tasks: readonly FileScanTask[];
  readonly report: ScanReport;
  /** Rows in the files. */
  readonly rows: bigint;
  /** About how many of them lie in the time that the spine sees. */
  readonly visibleRows: bigint;
  /** No row is older than this, in microseconds; absent where a file does not say. */
  readonly firstMicros?: bigint | undefined;
}

/** Sums up what a scan found. `timestampField` is the column that `window` is about. */
export function featureFiles(
  { tasks, report }: Pick<FeatureFiles, "tasks" | "report">,
  schema: Schema,
  timestampField: string,
  window: TimeRange | undefined,
): FeatureFiles {
  const field = requireField(schema, timestampField);
  const ranges = tasks.map(({ dataFile }) => timesOf(dataFile, field.id));
  const first = ranges.reduce<bigint | undefined>(
    (least, range) => (least === undefined || range === undefined ? undefined : smaller(least, range.fromMicros)),
    ranges[0]?.fromMicros,
  );
  const rows = tasks.reduce((sum, { dataFile }) => sum + dataFile.recordCount, 0n);
  const visible = tasks.reduce((sum, { dataFile }, index) => sum + visibleIn(dataFile, ranges[index], window), 0);
  return { tasks, report, rows, visibleRows: BigInt(Math.round(visible)), firstMicros: first };
}

function timesOf(
  { lowerBounds, upperBounds }: DataFile,
  id: Parameters<NonNullable<DataFile["lowerBounds"]>["get"]>[0],
): TimeRange | undefined {
  const [lower, upper] = [lowerBounds?.get(id), upperBounds?.get(id)];
  if (lower === undefined || upper === undefined) return undefined;
  const micros = (bytes: Uint8Array) => BigInt(decodeValue({ kind: "timestamptz" }, bytes) as bigint);
  return { fromMicros: micros(lower), toMicros: micros(upper) };
}

/** As if the rows of a file were spread evenly over its time. */
function visibleIn({ recordCount }: DataFile, times: TimeRange | undefined, window: TimeRange | undefined): number {
  const rows = Number(recordCount);
  if (window === undefined) return 0;
  if (times === undefined) return rows;
  const from = larger(times.fromMicros, window.fromMicros);
  const to = smaller(times.toMicros, window.toMicros);
  if (to < from) return 0;
  return (rows * (Number(to - from) + 1)) / (Number(times.toMicros - times.fromMicros) + 1);
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
