import type { Feature } from "@icecore/feature-registry";
import { decimalText } from "../../arrow/decimal-text.ts";
import { uuidText } from "../../arrow/uuid-text.ts";
import { OnlineStoreError } from "../../errors.ts";
import type { FeatureCell, SingleCell } from "../feature-cell.ts";
import { remembered } from "../remembered.ts";
import type { TimestampMicros } from "../timestamp.ts";
import { type ValueKind, type ValueType, valueType } from "../value-type.ts";
import { createdAt, eventAt, isText, type RowField, type RowSchema, rowVersion, widths } from "./row-schema.ts";

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

const readersOf = remembered((schema: RowSchema) => remembered((feature: Feature) => makeReader(schema, feature)));

/**
 * The reader of a feature in rows of a schema. A feature that was widened since is given in the wider type; one that
 * has the name of another type's is another feature, which the row does not hold.
 */
export function cellReader(schema: RowSchema, feature: Feature): CellReader {
  return readersOf(schema)(feature);
}

function makeReader(schema: RowSchema, feature: Feature): CellReader {
  const field = schema.fields.find(({ name }) => name === feature.name);
  const read = field === undefined ? undefined : widenedReader(field, schema, valueType(feature));
  if (field === undefined || read === undefined) return () => undefined;
  const { validByte, validMask } = field;
  return (row, start, view) => (((row[start + validByte] as number) & validMask) === 0 ? null : read(row, start, view));
}

function widenedReader(
  field: RowField,
  schema: RowSchema,
  { kind, isList = false }: ValueType,
): CellReader | undefined {
  const element = elementReader(field, kind);
  if (element === undefined || isList !== (field.isList ?? false)) return undefined;
  const { at, previousEndAt } = field;
  if (!isList && !isText(field.kind)) return (row, start, view) => element(row, start + at, 0, view);
  const { variableAt } = schema;
  const read = isList ? listReader(field.kind, element) : element;
  return (row, start, view) => {
    const from = previousEndAt === undefined ? 0 : view.getUint32(start + previousEndAt, true);
    return read(row, start + variableAt + from, start + variableAt + view.getUint32(start + at, true), view);
  };
}

/** Reads a value that begins at `at`; of text and bytes, to its end. */
type ValueReader<Cell> = (row: Buffer, at: number, end: number, view: DataView) => Cell;

/** Reads values of a kind that was widened to `kind`, or is it. */
function elementReader(field: RowField, kind: ValueKind): ValueReader<SingleCell> | undefined {
  if (field.kind === "int" && kind === "long") return (_, at, __, view) => BigInt(view.getInt32(at, true));
  return field.kind === kind || (field.kind === "float" && kind === "double") ? valueReader(field) : undefined;
}

function listReader(kind: ValueKind, element: ValueReader<SingleCell>): ValueReader<readonly SingleCell[]> {
  const width = widths[kind];
  return (row, start, end, view) => {
    const cells: SingleCell[] = [];
    for (let at = start; at < end; ) {
      const from = isText(kind) ? at + width : at;
      at = isText(kind) ? from + view.getUint32(at, true) : at + width;
      cells.push(element(row, from, at, view));
    }
    return cells;
  };
}

function valueReader({ kind, scale }: RowField): ValueReader<SingleCell> {
  switch (kind) {
    case "boolean":
      return (row, at) => row[at] === 1;
    case "int":
      return (_, at, __, view) => view.getInt32(at, true);
    case "long":
    case "time":
      return (_, at, __, view) => view.getBigInt64(at, true);
    case "float":
      return (_, at, __, view) => view.getFloat32(at, true);
    case "double":
      return (_, at, __, view) => view.getFloat64(at, true);
    case "date":
      return (_, at, __, view) => new Date(view.getInt32(at, true) * 86_400_000);
    case "timestamp":
    case "timestamptz":
      return (_, at, __, view) => new Date(Math.floor(Number(view.getBigInt64(at, true)) / 1000));
    case "uuid":
      return (row, at) => uuidText(row.subarray(at, at + 16));
    case "decimal":
      return (_, at, __, view) => {
        const words = [0, 4, 8, 12].map((offset) => view.getUint32(at + offset, true));
        return decimalText(Uint32Array.from(words), scale);
      };
    case "string":
      return (row, at, end) => row.toString("utf8", at, end);
    case "binary":
      return (row, at, end) => new Uint8Array(row.subarray(at, end));
  }
}
