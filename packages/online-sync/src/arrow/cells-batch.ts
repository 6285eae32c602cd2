import type { FeatureView } from "@icecore/feature-registry";
import {
  Binary,
  Bool,
  type Data,
  type DataType,
  DateDay,
  Field,
  Float32,
  Float64,
  Int32,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  TimeMicrosecond,
  TimestampMicrosecond,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import type { FeatureCell } from "../codec/feature-value.ts";
import type { TimestampMicros } from "../codec/timestamp.ts";
import { type ValueKind, valueType } from "../codec/value-type.ts";

const arrowTypes: Readonly<Record<ValueKind, () => DataType>> = {
  boolean: () => new Bool(),
  int: () => new Int32(),
  long: () => new Int64(),
  float: () => new Float32(),
  double: () => new Float64(),
  date: () => new DateDay(),
  time: () => new TimeMicrosecond(),
  timestamp: () => new TimestampMicrosecond(),
  timestamptz: () => new TimestampMicrosecond("UTC"),
  string: () => new Utf8(),
  uuid: () => new Utf8(),
  binary: () => new Binary(),
  decimal: () => new Utf8(),
};

/** What a store has read of a view's rows. */
interface ReadRows {
  readonly eventTimestamps: readonly (TimestampMicros | undefined)[];
  readonly createdTimestamps: readonly (TimestampMicros | undefined)[];
  readonly columns: readonly (readonly (FeatureCell | null | undefined)[])[];
}

/** Rows that were read, as a batch to write: with these join keys, and a null event timestamp where there is no row. */
export function cellsBatch(view: FeatureView, joinKeys: RecordBatch, rows: ReadRows): RecordBatch {
  const named: [string, Data][] = [
    ...joinKeys.schema.fields.map((field, i): [string, Data] => [field.name, joinKeys.data.children[i] as Data]),
    [view.timestampField, micros(rows.eventTimestamps)],
    [view.createdTimestampColumn, micros(rows.createdTimestamps)],
    ...view.features.map((feature, i): [string, Data] => [
      feature.name,
      values(valueType(feature).kind, rows.columns[i] ?? []),
    ]),
  ];
  const fields = named.map(([name, data]) => new Field(name, data.type, true));
  const children = named.map(([, data]) => data);
  const struct = makeData({ type: new Struct(fields), length: joinKeys.numRows, nullCount: 0, children });
  return new RecordBatch(new Schema(fields), struct);
}

function values(kind: ValueKind, cells: readonly (FeatureCell | null | undefined)[]): Data {
  const plain = cells.map((cell) => cell ?? null);
  return vectorFromArray(plain, arrowTypes[kind]()).data[0] as Data;
}

/** Arrow's own builder takes milliseconds only. */
function micros(timestamps: readonly (TimestampMicros | undefined)[]): Data {
  const nullBitmap = new Uint8Array(Math.ceil(timestamps.length / 64) * 8);
  const data = new BigInt64Array(timestamps.length);
  for (const [row, timestamp] of timestamps.entries()) {
    if (timestamp === undefined) continue;
    data[row] = timestamp;
    nullBitmap[row >> 3] = (nullBitmap[row >> 3] ?? 0) | (1 << (row & 7));
  }
  const { length } = timestamps;
  const nullCount = timestamps.filter((timestamp) => timestamp === undefined).length;
  return makeData({ type: new TimestampMicrosecond("UTC"), length, nullCount, nullBitmap, data });
}
