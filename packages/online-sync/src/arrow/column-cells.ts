import { DataType, type Decimal, type RecordBatch, TimeUnit, type Vector } from "apache-arrow";
import type { Cells } from "../codec/entity-key.ts";
import type { FeatureCell, FeatureKind } from "../codec/feature-value.ts";
import type { TimestampMicros } from "../codec/timestamp.ts";
import { OnlineStoreError } from "../errors.ts";
import { decimalText } from "./decimal-text.ts";
import { uuidText } from "./uuid-text.ts";

/** The column of that name. @throws OnlineStoreError `BATCH_INVALID` */
function column(batch: RecordBatch, name: string): Vector {
  const vector = batch.getChild(name);
  if (vector !== null) return vector;
  const names = batch.schema.fields.map((field) => field.name).join(", ");
  throw new OnlineStoreError("BATCH_INVALID", `the rows to write have no column "${name}" (there are: ${names})`);
}

/** The values of a timestamp column, exact to the microsecond. @throws OnlineStoreError `BATCH_INVALID` */
export function timestampCells(batch: RecordBatch, name: string): Cells<TimestampMicros> {
  const vector = column(batch, name);
  const data = vector.data[0];
  if (!DataType.isTimestamp(vector.type) || vector.type.unit !== TimeUnit.MICROSECOND)
    throw unexpected(name, vector, "timestamptz");
  if (data === undefined) return () => null;
  return (row) => (data.getValid(row) ? data.values[row] : null);
}

/**
 * The values of a column in the form of a feature's type.
 * @throws OnlineStoreError `BATCH_INVALID` when there is no such column, or it is of another type
 */
export function columnCells(batch: RecordBatch, name: string, kind: FeatureKind): Cells<FeatureCell> {
  const vector = column(batch, name);
  const type: DataType = DataType.isDictionary(vector.type) ? vector.type.dictionary : vector.type;
  const conversion = conversions[kind].find(({ accepts }) => accepts(type));
  if (conversion === undefined) throw unexpected(name, vector, kind);
  const { map } = conversion;
  if (map === undefined) return (row) => vector.get(row);
  return (row) => {
    const value = vector.get(row);
    return value === null ? null : map(value as never, type);
  };
}

interface Conversion {
  readonly accepts: (type: DataType) => boolean;
  /** From what Arrow gives to the form of the feature's type; undefined: it is that already. */
  readonly map?: (value: never, type: DataType) => FeatureCell;
}

const conversions: Readonly<Record<FeatureKind, readonly Conversion[]>> = {
  boolean: [{ accepts: DataType.isBool }],
  int: [{ accepts: isNarrowInt }],
  long: [{ accepts: isLong }, { accepts: isNarrowInt, map: BigInt }],
  time: [{ accepts: (type) => DataType.isTime(type) && type.unit === TimeUnit.MICROSECOND }],
  float: [{ accepts: DataType.isFloat }],
  double: [{ accepts: DataType.isFloat }],
  date: [{ accepts: DataType.isDate, map: toDate }],
  timestamp: [{ accepts: DataType.isTimestamp, map: toDate }],
  timestamptz: [{ accepts: DataType.isTimestamp, map: toDate }],
  string: [{ accepts: isText }],
  uuid: [{ accepts: isText }, { accepts: DataType.isFixedSizeBinary, map: uuidText }],
  decimal: [
    { accepts: isText },
    { accepts: DataType.isDecimal, map: (words: Uint32Array, type) => decimalText(words, (type as Decimal).scale) },
  ],
  binary: [{ accepts: DataType.isBinary }, { accepts: DataType.isLargeBinary }],
};

function toDate(milliseconds: number): Date {
  return new Date(milliseconds);
}

function isLong(type: DataType): boolean {
  return DataType.isInt(type) && type.bitWidth === 64;
}

function isNarrowInt(type: DataType): boolean {
  return DataType.isInt(type) && type.bitWidth <= 32;
}

function isText(type: DataType): boolean {
  return DataType.isUtf8(type) || DataType.isLargeUtf8(type);
}

function unexpected(name: string, vector: Vector, kind: FeatureKind): OnlineStoreError {
  return new OnlineStoreError(
    "BATCH_INVALID",
    `column "${name}" of the rows to write is an Arrow ${vector.type}, which cannot be written as ${kind}`,
  );
}
