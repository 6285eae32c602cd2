import { createHash } from "node:crypto";
import type { Feature } from "@icecore/feature-registry";
import { remembered } from "../remembered.ts";
import { type ValueKind, type ValueType, valueType } from "../value-type.ts";

/*
 * A packed row describes itself: a header of version (one byte), event timestamp and created timestamp (64-bit
 * microseconds each) and the id of its schema; a bitmap of the features that are not null; the fixed part, where each
 * feature has its place whether null or not; and the variable part, the bytes of text, binary and lists, for which the fixed
 * part holds where they end. A list's elements follow each other as they would be in the fixed part, text and binary each
 * behind its length of 32 bits. All is little endian.
 */
export const rowVersion = 1;
export const eventAt = 1;
export const createdAt = 9;
export const schemaAt = 17;
const schemaIdBytes = 8;
const bitmapAt = schemaAt + schemaIdBytes;

/** What the rows of a schema look like. */
export interface RowSchema {
  readonly id: Buffer;
  readonly idText: string;
  /** The schema as text: what a store keeps under the id, for those who do not know the schema. */
  readonly descriptor: string;
  readonly fields: readonly RowField[];
  readonly variableAt: number;
}

/** A feature of a schema, and where in its rows it is. */
export interface RowField extends ValueType {
  readonly name: string;
  readonly validByte: number;
  readonly validMask: number;
  readonly at: number;
  /** Of what is in the variable part: where the end of the value before it is; undefined for the first. */
  readonly previousEndAt: number | undefined;
}

/** How many bytes a kind takes in the fixed part, and in lists. */
export const widths: Readonly<Record<ValueKind, number>> = {
  boolean: 1,
  int: 4,
  long: 8,
  float: 4,
  double: 8,
  date: 4,
  time: 8,
  timestamp: 8,
  timestamptz: 8,
  uuid: 16,
  decimal: 16,
  string: 4,
  binary: 4,
};

/** How many bytes say where a value of the variable part ends. */
const endWidth = 4;

type NameAndType = Pick<Feature, "name" | "type">;

/** The schema of rows with these features. The same features always have the same id. @throws OnlineStoreError `TYPE_UNSUPPORTED` */
export const rowSchema = remembered(layOut);

function layOut(features: readonly NameAndType[]): RowSchema {
  const descriptor = JSON.stringify(features.map(({ name, type }) => [name, type]));
  const id = createHash("sha256").update(descriptor).digest().subarray(0, schemaIdBytes);
  let at = bitmapAt + Math.ceil(features.length / 8);
  let previousEndAt: number | undefined;
  const fields = features.map((feature, i): RowField => {
    const type = valueType(feature);
    const place = { validByte: bitmapAt + (i >> 3), validMask: 1 << (i & 7), at, previousEndAt };
    if (isVariable(type)) previousEndAt = at;
    at += type.isList ? endWidth : widths[type.kind];
    return { name: feature.name, ...type, ...place };
  });
  return { id, idText: id.toString("hex"), descriptor, fields, variableAt: at };
}

/** The schema that a descriptor describes. */
export function parseRowSchema(descriptor: string): RowSchema {
  const features = JSON.parse(descriptor) as [name: string, type: string][];
  return rowSchema(features.map(([name, type]) => ({ name, type })));
}

function isVariable({ kind, isList }: ValueType): boolean {
  return isList === true || isText(kind);
}

type TextKind = "string" | "binary";
/** Kinds whose values are all as long. */
export type FixedKind = Exclude<ValueKind, TextKind>;

export function isText(kind: ValueKind): kind is TextKind {
  return kind === "string" || kind === "binary";
}

/** Whether a row is of that schema. */
export function isOfSchema({ id }: RowSchema, row: Buffer, start: number): boolean {
  for (let i = 0; i < schemaIdBytes; i++) if (row[start + schemaAt + i] !== id[i]) return false;
  return true;
}

/** The id of a row's schema, in hexadecimal digits. */
export function schemaIdOf(row: Buffer, start = 0): string {
  return row.toString("hex", start + schemaAt, start + bitmapAt);
}
