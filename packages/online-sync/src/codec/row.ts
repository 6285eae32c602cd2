import type { FeatureView } from "@icecore/feature-registry";
import type { ByteWriter } from "./byte-writer.ts";
import type { Cells } from "./entity-key.ts";
import { featureField } from "./feature-field.ts";
import {
  type FeatureCell,
  type FeatureKind,
  featureKind,
  readFeatureValue,
  writeFeatureValue,
} from "./feature-value.ts";
import { readTimestamp, type TimestampMicros, writeTimestamp } from "./timestamp.ts";

/*
 * A row on its way into a store, and at rest in the embedded one: the event timestamp and the created timestamp, each
 * after its length, then per feature the four bytes of its field, the length and the value. Lengths are 32 bits.
 */

/** A feature of a batch, ready to be written. */
export interface FeatureColumn {
  readonly field: Buffer;
  readonly kind: FeatureKind;
  readonly cells: Cells<FeatureCell>;
}

/** Writes a row; without a created timestamp it counts as created in 1970. */
export function writeRow(
  out: ByteWriter,
  event: TimestampMicros,
  created: TimestampMicros | null,
  columns: readonly FeatureColumn[],
  row: number,
): void {
  writeLengthAndTimestamp(out, event);
  writeLengthAndTimestamp(out, created ?? 0n);
  for (const { field, kind, cells } of columns) {
    out.bytes(field);
    const start = out.beginU32();
    writeFeatureValue(out, kind, cells(row));
    out.endU32(start);
  }
}

/** When the row of a feature view happened. */
export function rowEventTimestamp(row: Buffer): TimestampMicros {
  return readTimestamp(row, 4, createdAt(row) - 4);
}

/** Whether `row` may replace `stored`: it is as new or newer, by event timestamp and then by created timestamp. */
export function supersedes(row: Buffer, stored: Buffer): boolean {
  const [event, storedEvent] = [rowEventTimestamp(row), rowEventTimestamp(stored)];
  return event === storedEvent ? rowCreatedTimestamp(row) >= rowCreatedTimestamp(stored) : event > storedEvent;
}

/** Reads features out of rows: into `columns[i][index]` goes the value of the i-th of the features it was made for. */
export type RowReader = (row: Buffer, columns: readonly (FeatureCell | null | undefined)[][], index: number) => void;

/** A reader of these features of a view; what a row does not hold stays as it is in the columns. */
export function rowReader(view: FeatureView, features: FeatureView["features"]): RowReader {
  const kinds = features.map(featureKind);
  const positions = new Map(features.map((feature, i) => [featureField(view.name, feature.name).readUInt32LE(), i]));
  return (row, columns, index) => {
    for (let at = featuresAt(row); at < row.length; ) {
      const position = positions.get(row.readUInt32LE(at));
      const start = at + 8;
      at = start + row.readUInt32LE(at + 4);
      const column = position === undefined ? undefined : columns[position];
      if (column !== undefined)
        column[index] = readFeatureValue(row, kinds[position as number] as FeatureKind, start, at);
    }
  };
}

/** When the row was created. */
export function rowCreatedTimestamp(row: Buffer): TimestampMicros {
  return readTimestamp(row, createdAt(row), featuresAt(row));
}

/** Where the created timestamp begins: behind the event timestamp and its own length. */
function createdAt(row: Buffer): number {
  return 4 + row.readUInt32LE(0) + 4;
}

function featuresAt(row: Buffer): number {
  const at = createdAt(row);
  return at + row.readUInt32LE(at - 4);
}

function writeLengthAndTimestamp(out: ByteWriter, micros: TimestampMicros): void {
  const start = out.beginU32();
  writeTimestamp(out, micros);
  out.endU32(start);
}
