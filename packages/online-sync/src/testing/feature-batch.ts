import type { FeatureView } from "@icecore/feature-registry";
import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  Decimal,
  Field,
  FixedSizeBinary,
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
  Vector,
  vectorFromArray,
} from "apache-arrow";
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
  uuid: () => new FixedSizeBinary(16),
  binary: () => new Binary(),
  decimal: () => new Decimal(2, 9, 128),
};

/** A row as tests write it: timestamps of the view in microseconds, everything else as Arrow takes it. */
export type TestRow = Readonly<Record<string, unknown>>;

/** The Arrow batch of these rows of a view, as the offline store hands it over. What a row leaves out is null. */
export function featureBatch(view: FeatureView, rows: readonly TestRow[]): RecordBatch {
  const column = (name: string) => rows.map((row) => row[name] ?? null);
  const vectors: [string, Vector][] = [
    ...view.joinKeys.map((key): [string, Vector] => [key.name, vector(column(key.name), key.type)]),
    [view.timestampField, timestampVector(column(view.timestampField))],
    [view.createdTimestampColumn, timestampVector(column(view.createdTimestampColumn))],
    ...view.features.map((f): [string, Vector] => [f.name, vector(column(f.name), valueType(f).kind)]),
  ];
  const fields = vectors.map(([name, { type }]) => new Field(name, type, true));
  const children = vectors.map(([, { data }]) => data[0] as (typeof data)[number]);
  return new RecordBatch(
    new Schema(fields),
    makeData({ type: new Struct(fields), length: rows.length, nullCount: 0, children }),
  );
}

function vector(values: readonly unknown[], kind: ValueKind): Vector {
  if (values.some((value) => typeof value === "bigint") && kind.startsWith("timestamp")) return timestampVector(values);
  return vectorFromArray([...values], arrowTypes[kind]());
}

/** Arrow's own builder takes milliseconds only. */
function timestampVector(values: readonly unknown[]): Vector {
  const nullBitmap = new Uint8Array(Math.ceil(values.length / 64) * 8);
  const data = new BigInt64Array(values.length);
  for (const [row, value] of values.entries()) {
    if (typeof value !== "bigint") continue;
    data[row] = value;
    nullBitmap[row >> 3] = (nullBitmap[row >> 3] ?? 0) | (1 << (row % 8));
  }
  const type = new TimestampMicrosecond("UTC");
  const nullCount = values.filter((value) => value === null).length;
  return new Vector([makeData({ type, length: values.length, nullCount, nullBitmap, data })]);
}
