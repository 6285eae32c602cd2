import type { FeatureView } from "@icecore/feature-registry";
import {
  Binary,
  Bool,
  type Data,
  type DataType,
  DateDay,
  Decimal,
  Field,
  FixedSizeBinary,
  Float32,
  Float64,
  Int32,
  Int64,
  List,
  makeData,
  type RecordBatch,
  TimeMicrosecond,
  TimestampMicrosecond,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import { type NamedColumn, namedBatch } from "../arrow/named-batch.ts";
import { timestampColumn } from "../arrow/timestamp-column.ts";
import { type ValueKind, type ValueType, valueType } from "../codec/value-type.ts";

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
  const columns: readonly NamedColumn[] = [
    ...view.joinKeys.map((key): NamedColumn => [key.name, values(column(key.name), { kind: key.type, scale: 0 })]),
    [view.timestampField, timestamps(column(view.timestampField))],
    [view.createdTimestampColumn, timestamps(column(view.createdTimestampColumn))],
    ...view.features.map((f): NamedColumn => [f.name, values(column(f.name), valueType(f))]),
  ];
  return namedBatch(columns, rows.length, true);
}

function values(given: readonly unknown[], { kind, isList }: ValueType): Data {
  if (isList) return lists(given, kind);
  if (given.some((value) => typeof value === "bigint") && kind.startsWith("timestamp")) return timestamps(given);
  return vectorFromArray([...given], arrowTypes[kind]()).data[0] as Data;
}

/** The elements are given as those of a column of its own. */
function lists(given: readonly unknown[], kind: ValueKind): Data {
  const elements = given.map((list) => (Array.isArray(list) ? (list as readonly unknown[]) : []));
  const child = values(elements.flat(), { kind, scale: 0 });
  const type = new List(new Field("element", child.type, true));
  const valueOffsets = new Int32Array(given.length + 1);
  for (const [row, { length }] of elements.entries()) valueOffsets[row + 1] = (valueOffsets[row] ?? 0) + length;
  const nullBitmap = new Uint8Array(Math.ceil(given.length / 64) * 8);
  for (const [row, list] of given.entries())
    if (list !== null) nullBitmap[row >> 3] = (nullBitmap[row >> 3] ?? 0) | (1 << (row & 7));
  return makeData({ type, length: given.length, valueOffsets, nullBitmap, child });
}

/** What is no bigint becomes null. */
function timestamps(values: readonly unknown[]): Data {
  return timestampColumn(values.map((value) => (typeof value === "bigint" ? value : undefined)));
}
