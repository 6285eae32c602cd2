import { humanValue } from "@icecore/iceberg-catalog";
import { type Data, DataType, type RecordBatch, type Vector } from "apache-arrow";

type Cell = (row: number) => unknown;

const msPerDay = 86_400_000;

/**
 * The rows of a batch as objects, with the values that `FeatureValue` says: 64-bit integers and times of day (in
 * microseconds) are bigints, timestamps and dates are `Date`, to the millisecond, decimals are text.
 */
export function rowObjects(batch: RecordBatch): Record<string, unknown>[] {
  const columns = batch.schema.fields.map(({ name }, index) => [name, cellReader(batch.getChildAt(index))] as const);
  return Array.from({ length: batch.numRows }, (_, row) =>
    Object.fromEntries(columns.map(([name, read]) => [name, read(row)])),
  );
}

function cellReader(vector: Vector | null): Cell {
  const data = vector?.data[0];
  if (vector === null || data === undefined) return () => null;
  const read = valueReader(vector, data);
  return (row) => (data.getValid(row) ? read(row) : null);
}

/** Values are read from the buffers where Arrow's getters would round them. */
function valueReader(vector: Vector, { type, values }: Data): Cell {
  if (DataType.isTimestamp(type)) return (row) => new Date(Math.floor(Number(values[row]) / 1000));
  if (DataType.isDate(type)) return (row) => new Date(values[row] * msPerDay);
  if (DataType.isTime(type)) return (row) => values[row];
  if (DataType.isDecimal(type)) {
    const { precision, scale } = type;
    return (row) => humanValue({ kind: "decimal", precision, scale }, unscaled(values, row));
  }
  return (row) => vector.get(row);
}

/** The 128 bits of a decimal, least significant word first. */
function unscaled(words: Uint32Array, row: number): bigint {
  const word = (index: number) => BigInt(words[row * 4 + index] ?? 0) << BigInt(32 * index);
  return BigInt.asIntN(128, word(0) | word(1) | word(2) | word(3));
}
