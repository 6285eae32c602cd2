import { humanValue } from "@icecore/iceberg-catalog";
import { type Data, DataType, type RecordBatch, Vector } from "apache-arrow";

type Cell = (row: number) => unknown;

const msPerDay = 86_400_000;

/**
 * The rows of a batch as objects, with the values that `FeatureValue` says: 64-bit integers and times of day (in
 * microseconds) are bigints, timestamps and dates are `Date`, to the millisecond, decimals are text, lists are arrays, maps
 * are `Map`, structs are objects.
 */
export function rowObjects(batch: RecordBatch): Record<string, unknown>[] {
  const columns = batch.schema.fields.map(
    ({ name }, index) => [name, cellReader(batch.getChildAt(index)?.data[0])] as const,
  );
  return Array.from({ length: batch.numRows }, (_, row) =>
    Object.fromEntries(columns.map(([name, read]) => [name, read(row)])),
  );
}

function cellReader(data: Data | undefined): Cell {
  if (data === undefined) return () => null;
  const read = valueReader(data);
  return (row) => (data.getValid(row) ? read(row) : null);
}

/** Values are read from the buffers where Arrow's getters would round them. */
function valueReader(data: Data): Cell {
  const { type, values } = data;
  if (DataType.isTimestamp(type)) return (row) => new Date(Math.floor(Number(values[row]) / 1000));
  if (DataType.isDate(type)) return (row) => new Date(values[row] * msPerDay);
  if (DataType.isTime(type)) return (row) => values[row];
  if (DataType.isDecimal(type)) {
    const { precision, scale } = type;
    return (row) => humanValue({ kind: "decimal", precision, scale }, unscaled(values, row));
  }
  if (DataType.isList(type)) return listReader(data);
  if (DataType.isStruct(type)) return structReader(data);
  if (DataType.isMap(type)) return mapReader(data);
  const vector = new Vector([data]);
  return (row) => vector.get(row);
}

function listReader({ children, valueOffsets }: Data): Cell {
  const read = cellReader(children[0]);
  return (row) => range(valueOffsets, row).map(read);
}

function structReader({ type, children }: Data): Cell {
  const members = children.map((child, index) => [type.children[index]?.name ?? "", cellReader(child)] as const);
  return (row) => Object.fromEntries(members.map(([name, read]) => [name, read(row)]));
}

function mapReader({ children: [entries], valueOffsets }: Data): Cell {
  const [readKey, readValue] = [cellReader(entries?.children[0]), cellReader(entries?.children[1])];
  return (row) => new Map(range(valueOffsets, row).map((entry) => [readKey(entry), readValue(entry)]));
}

/** Where the values of a list or a map are. */
function range(offsets: Int32Array, row: number): number[] {
  const [from, to] = [offsets[row] ?? 0, offsets[row + 1] ?? 0];
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** The 128 bits of a decimal, least significant word first. */
function unscaled(words: Uint32Array, row: number): bigint {
  const word = (index: number) => BigInt(words[row * 4 + index] ?? 0) << BigInt(32 * index);
  return BigInt.asIntN(128, word(0) | word(1) | word(2) | word(3));
}
