import { decimalText } from "@icecore/online-sync";
import { type Data, DataType, type RecordBatch, type Timestamp, Vector } from "apache-arrow";
import { isoDate, isoInstant, isoLocal, isoTime } from "./iso-8601.ts";

/** Characters per piece of text: enough to make each write worth it, little enough to hold. */
const pieceLength = 65_536;

/**
 * Prints batches as one JSON array of row objects, a row per line, in pieces. What a JSON number cannot carry is a
 * string: integers beyond 2^53, decimals, NaN and the infinities. Timestamps, dates and times are ISO 8601, to the
 * microsecond; bytes are base64. Lists are arrays, structs and maps objects.
 */
export async function* jsonArray(batches: AsyncIterable<RecordBatch>): AsyncGenerator<string> {
  let piece = "[";
  let separator = "\n";
  for await (const batch of batches) {
    for (const row of jsonRows(batch)) {
      piece += separator + row;
      separator = ",\n";
      if (piece.length < pieceLength) continue;
      yield piece;
      piece = "";
    }
  }
  yield `${piece}\n]\n`;
}

/** Prints each row of a batch as a JSON object; see {@link jsonArray}. */
export function* jsonRows(batch: RecordBatch): Generator<string> {
  const columns = batch.schema.fields.map((field, index) => {
    const print = cellPrinter(batch.getChildAt(index)?.data[0]);
    const key = `${JSON.stringify(field.name)}:`;
    return (row: number) => key + print(row);
  });
  for (let row = 0; row < batch.numRows; row++) yield `{${columns.map((print) => print(row)).join(",")}}`;
}

type CellPrinter = (row: number) => string;

function cellPrinter(data: Data | undefined): CellPrinter {
  if (data === undefined) return () => "null";
  const print = valuePrinter(new Vector([data]), data);
  return data.nullCount === 0 ? print : (row) => (data.getValid(row) ? print(row) : "null");
}

/** Values are read from the buffers where Arrow's getters would round them to milliseconds. */
function valuePrinter(vector: Vector, data: Data): CellPrinter {
  const { type } = data;
  const { values } = data;
  if (DataType.isInt(type) || DataType.isFloat(type)) return numberPrinter(values);
  if (DataType.isBool(type)) return (row) => String(vector.get(row));
  if (DataType.isUtf8(type)) return (row) => JSON.stringify(vector.get(row));
  if (DataType.isBinary(type)) return (row) => `"${base64(vector.get(row))}"`;
  if (DataType.isTimestamp(type)) return timestampPrinter(type, values);
  if (DataType.isDate(type)) return (row) => `"${isoDate(values[row])}"`;
  if (DataType.isTime(type)) return (row) => `"${isoTime(values[row])}"`;
  if (DataType.isDecimal(type)) return (row) => `"${decimalText(values.subarray(row * 4, row * 4 + 4), type.scale)}"`;
  if (DataType.isList(type)) return listPrinter(data);
  if (DataType.isStruct(type)) return structPrinter(data);
  if (DataType.isMap(type)) return mapPrinter(data);
  throw new TypeError(`a query's result has no columns of type ${type}`);
}

function listPrinter({ children, valueOffsets }: Data): CellPrinter {
  const print = cellPrinter(children[0]);
  return (row) => `[${printRange(valueOffsets, row, print)}]`;
}

function structPrinter({ type, children }: Data): CellPrinter {
  const members = children.map((child, index) => {
    const print = cellPrinter(child);
    const key = `${JSON.stringify(type.children[index]?.name)}:`;
    return (row: number) => key + print(row);
  });
  return (row) => `{${members.map((print) => print(row)).join(",")}}`;
}

/** Keys that are no text are told as their text. */
function mapPrinter({ children: [entries], valueOffsets }: Data): CellPrinter {
  const [printKey, printValue] = [cellPrinter(entries?.children[0]), cellPrinter(entries?.children[1])];
  const print: CellPrinter = (entry) => {
    const key = printKey(entry);
    return `${key.startsWith('"') ? key : `"${key}"`}:${printValue(entry)}`;
  };
  return (row) => `{${printRange(valueOffsets, row, print)}}`;
}

function printRange(offsets: Int32Array, row: number, print: CellPrinter): string {
  const printed: string[] = [];
  for (let i = offsets[row] ?? 0; i < (offsets[row + 1] ?? 0); i++) printed.push(print(i));
  return printed.join(",");
}

const maxSafe = BigInt(Number.MAX_SAFE_INTEGER);

function longJson(value: bigint): string {
  return value <= maxSafe && value >= -maxSafe ? String(value) : `"${value}"`;
}

function numberPrinter(values: Data["values"]): CellPrinter {
  if (values instanceof BigInt64Array) return (row) => longJson(values[row] ?? 0n);
  return values instanceof Float32Array ? singlePrinter(values) : (row) => floatJson(values[row]);
}

/** Few digits that give the same 32-bit number again: those of a double would be nobody's. */
function singlePrinter(values: Float32Array): CellPrinter {
  return (row) => {
    const value = values[row] ?? 0;
    if (!Number.isFinite(value)) return floatJson(value);
    let digits = 6;
    while (digits < 9 && Math.fround(Number(value.toPrecision(digits))) !== value) digits++;
    return String(Number(value.toPrecision(digits)));
  };
}

function floatJson(value: number): string {
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}

function timestampPrinter(type: Timestamp, values: BigInt64Array): CellPrinter {
  const print = type.timezone ? isoInstant : isoLocal;
  return (row) => `"${print(values[row] as bigint)}"`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
