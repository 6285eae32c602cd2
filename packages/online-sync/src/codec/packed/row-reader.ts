import type { Feature } from "@icecore/feature-registry";
import { decimalText } from "../../arrow/decimal-text.ts";
import { uuidText } from "../../arrow/uuid-text.ts";
import { OnlineStoreError } from "../../errors.ts";
import type { FeatureCell } from "../feature-value.ts";
import type { TimestampMicros } from "../timestamp.ts";
import { type ValueKind, valueType } from "../value-type.ts";
import { createdAt, eventAt, type RowField, type RowSchema, rowVersion } from "./row-schema.ts";

/** @throws OnlineStoreError `STORE_INVALID` when a later version wrote the row that begins at `start` */
export function checkVersion(row: Buffer, start: number): void {
  if (row[start] === rowVersion) return;
  throw new OnlineStoreError(
    "STORE_INVALID",
    `the online store holds a row of version ${row[start] ?? "none"}, and this program knows version ${rowVersion}; use a newer one`,
  );
}

/** When it was created. */
export function rowCreatedTimestamp(row: Buffer, start = 0): TimestampMicros {
  return row.readBigInt64LE(start + createdAt);
}

/** Whether `row` may replace `stored`: it is as new or newer, by event timestamp and then by created timestamp. */
export function supersedes(row: Buffer, stored: Buffer): boolean {
  checkVersion(stored, 0);
  const [event, storedEvent] = [row.readBigInt64LE(eventAt), stored.readBigInt64LE(eventAt)];
  return event === storedEvent ? rowCreatedTimestamp(row) >= rowCreatedTimestamp(stored) : event > storedEvent;
}

/**
 * Reads one feature out of a row that begins at `start`; undefined when rows of the schema have no such feature. `view`
 * is of the same bytes: it reads numbers several times faster.
 */
export type CellReader = (row: Buffer, start: number, view: DataView) => FeatureCell | null | undefined;

const known = new WeakMap<RowSchema, WeakMap<Feature, CellReader>>();

/**
 * The reader of a feature in rows of a schema. A feature that was widened since is given in the wider type; one that
 * has the name of another type's is another feature, which the row does not hold.
 */
export function cellReader(schema: RowSchema, feature: Feature): CellReader {
  const readers = known.get(schema) ?? new WeakMap<Feature, CellReader>();
  known.set(schema, readers);
  const reader = readers.get(feature) ?? makeReader(schema, feature);
  readers.set(feature, reader);
  return reader;
}

function makeReader(schema: RowSchema, feature: Feature): CellReader {
  const field = schema.fields.find(({ name }) => name === feature.name);
  const read = field === undefined ? undefined : widenedReader(field, schema, valueType(feature).kind);
  if (field === undefined || read === undefined) return () => undefined;
  const { validByte, validMask } = field;
  return (row, start, view) => (((row[start + validByte] as number) & validMask) === 0 ? null : read(row, start, view));
}

type ValueReader = (row: Buffer, start: number, view: DataView) => FeatureCell;

function widenedReader(field: RowField, schema: RowSchema, kind: ValueKind): ValueReader | undefined {
  const { at } = field;
  if (field.kind === kind) return valueReader(field, schema);
  if (field.kind === "int" && kind === "long") return (_, start, view) => BigInt(view.getInt32(start + at, true));
  if (field.kind === "float" && kind === "double") return valueReader(field, schema);
  return undefined;
}

function valueReader({ kind, scale, at, previousEndAt }: RowField, { variableAt }: RowSchema): ValueReader {
  const range = (start: number, view: DataView): [number, number] => {
    const from = previousEndAt === undefined ? 0 : view.getUint32(start + previousEndAt, true);
    return [start + variableAt + from, start + variableAt + view.getUint32(start + at, true)];
  };
  switch (kind) {
    case "boolean":
      return (row, start) => row[start + at] === 1;
    case "int":
      return (_, start, view) => view.getInt32(start + at, true);
    case "long":
    case "time":
      return (_, start, view) => view.getBigInt64(start + at, true);
    case "float":
      return (_, start, view) => view.getFloat32(start + at, true);
    case "double":
      return (_, start, view) => view.getFloat64(start + at, true);
    case "date":
      return (_, start, view) => new Date(view.getInt32(start + at, true) * 86_400_000);
    case "timestamp":
    case "timestamptz":
      return (_, start, view) => new Date(Math.floor(Number(view.getBigInt64(start + at, true)) / 1000));
    case "uuid":
      return (row, start) => uuidText(row.subarray(start + at, start + at + 16));
    case "decimal":
      return (_, start, view) => {
        const words = [0, 4, 8, 12].map((offset) => view.getUint32(start + at + offset, true));
        return decimalText(Uint32Array.from(words), scale);
      };
    case "string":
      return (row, start, view) => row.toString("utf8", ...range(start, view));
    case "binary":
      return (row, start, view) => new Uint8Array(row.subarray(...range(start, view)));
  }
}
