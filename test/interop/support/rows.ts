import type { FeatureStore } from "@icecore/api";
import { type Data, DataType, Float, type RecordBatch } from "apache-arrow";
import { python } from "./python.ts";

/** Values spelled so that two engines spell equal ones alike and different ones apart; see `spelled` in `interop.py`. */
export type SpelledRow = readonly (string | boolean | null)[];

type QueryState = Parameters<FeatureStore["query"]>[2];

/** The rows of a query through the feature store, sorted. */
export function queryRows(store: FeatureStore, sql: string, at?: QueryState): Promise<readonly SpelledRow[]> {
  return store.query(
    sql,
    async ({ batches }) => {
      const rows: SpelledRow[] = [];
      for await (const batch of batches()) rows.push(...spelledRows(batch));
      return sorted(rows);
    },
    at,
  );
}

export interface PythonRead {
  readonly uri: string;
  readonly table: string;
  readonly snapshotId?: string;
  /** In PyIceberg's filter language. */
  readonly filter?: string;
  readonly columns?: readonly string[];
}

/** The rows that PyIceberg reads, sorted, and how many files it opens for them. */
export async function pythonRows(
  request: PythonRead,
): Promise<{ readonly rows: readonly SpelledRow[]; readonly files: number }> {
  const { rows, files } = await python<{ rows: SpelledRow[]; files: number }>("read", request);
  return { rows: sorted(rows), files };
}

export function sorted(rows: readonly SpelledRow[]): readonly SpelledRow[] {
  return rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

export function spelledRows(batch: RecordBatch): readonly SpelledRow[] {
  const columns = batch.data.children;
  return Array.from({ length: batch.numRows }, (_, row) => columns.map((column) => spelled(column, row)));
}

function spelled(column: Data, row: number): string | boolean | null {
  if (!column.getValid(row)) return null;
  const { type, values } = column;
  if (DataType.isUtf8(type)) return new TextDecoder().decode(slice(column, row));
  if (DataType.isBinary(type)) return Buffer.from(slice(column, row)).toString("hex");
  if (DataType.isBool(type)) return (((values[row >> 3] ?? 0) >> (row & 7)) & 1) === 1;
  if (DataType.isDecimal(type)) return spelledDecimal(values.subarray(4 * row, 4 * row + 4));
  if (type instanceof Float) return spelledFloat(values[row]);
  return String(values[row]);
}

const slice = ({ values, valueOffsets }: Data, row: number): Uint8Array =>
  values.subarray(valueOffsets[row], valueOffsets[row + 1]);

/** The unscaled value. */
function spelledDecimal(words: Uint32Array): string {
  return String(
    BigInt.asIntN(
      128,
      words.reduceRight((high, word) => (high << 32n) | BigInt(word), 0n),
    ),
  );
}

/** The bits of the double. */
function spelledFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString("hex");
}
