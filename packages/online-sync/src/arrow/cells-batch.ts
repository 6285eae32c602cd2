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
  List,
  type RecordBatch,
  TimeMicrosecond,
  TimestampMicrosecond,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import type { FeatureCell } from "../codec/feature-cell.ts";
import type { TimestampMicros } from "../codec/timestamp.ts";
import { type ValueKind, type ValueType, valueType } from "../codec/value-type.ts";
import { type NamedColumn, namedBatch } from "./named-batch.ts";
import { timestampColumn } from "./timestamp-column.ts";

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
  const columns: readonly NamedColumn[] = [
    ...joinKeys.schema.fields.map((field, i): NamedColumn => [field.name, joinKeys.data.children[i] as Data]),
    [view.timestampField, timestampColumn(rows.eventTimestamps)],
    [view.createdTimestampColumn, timestampColumn(rows.createdTimestamps)],
    ...view.features.map(
      (feature, i): NamedColumn => [feature.name, values(valueType(feature), rows.columns[i] ?? [])],
    ),
  ];
  return namedBatch(columns, joinKeys.numRows, true);
}

function values({ kind, isList }: ValueType, cells: readonly (FeatureCell | null | undefined)[]): Data {
  const plain = cells.map((cell) => cell ?? null);
  const element = arrowTypes[kind]();
  const type = isList ? new List(new Field("element", element, false)) : element;
  return vectorFromArray(plain, type).data[0] as Data;
}
