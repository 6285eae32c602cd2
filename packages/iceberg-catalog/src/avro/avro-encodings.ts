import type { JsonObject, JsonValue } from "../spec/json.ts";
import { AvroBuffer } from "./avro-buffer.ts";

/** How a value is written, and the Avro schema that says so: one thing, so that they cannot disagree. */
export interface AvroEncoding<T> {
  readonly schema: JsonValue;
  readonly write: (buffer: AvroBuffer, value: T) => void;
}

export const booleanEncoding: AvroEncoding<boolean> = {
  schema: "boolean",
  write: (buffer, value) => buffer.writeBoolean(value),
};
export const intEncoding: AvroEncoding<number> = { schema: "int", write: (buffer, value) => buffer.writeInt(value) };
export const longEncoding: AvroEncoding<bigint> = { schema: "long", write: (buffer, value) => buffer.writeLong(value) };
export const stringEncoding: AvroEncoding<string> = {
  schema: "string",
  write: (buffer, value) => buffer.writeString(value),
};
export const bytesEncoding: AvroEncoding<Uint8Array> = {
  schema: "bytes",
  write: (buffer, value) => buffer.writeBytes(value),
};

/** A union with null; undefined and null are written as null. */
export function optionalEncoding<T>(encoding: AvroEncoding<T>): AvroEncoding<T | undefined | null> {
  return {
    schema: ["null", encoding.schema],
    write: (buffer, value) => {
      if (value === undefined || value === null) return buffer.writeInt(0);
      buffer.writeInt(1);
      encoding.write(buffer, value);
    },
  };
}

/** A list with its element's Iceberg id. */
export function arrayEncoding<T>(elementId: number, item: AvroEncoding<T>): AvroEncoding<readonly T[]> {
  return {
    schema: { type: "array", items: item.schema, "element-id": elementId },
    write: (buffer, values) => writeItems(buffer, values, item.write),
  };
}

/**
 * A map with int keys, which Avro lacks: an array of pairs, named after the ids as every Iceberg writer does. Its size in bytes
 * goes before the items, so that who does not want them need not look at them: most of a manifest is such maps.
 */
export function intMapEncoding<V>(
  keyId: number,
  valueId: number,
  value: AvroEncoding<V>,
): AvroEncoding<ReadonlyMap<number, V>> {
  const pair = {
    type: "record",
    name: `k${keyId}_v${valueId}`,
    fields: [
      { name: "key", type: "int", "field-id": keyId },
      { name: "value", type: value.schema, "field-id": valueId },
    ],
  };
  const items = new AvroBuffer();
  return {
    schema: { type: "array", items: pair, logicalType: "map" },
    write: (buffer, map) => {
      items.clear();
      for (const [key, item] of map) {
        items.writeInt(key);
        value.write(items, item);
      }
      if (map.size > 0) {
        buffer.writeInt(-map.size);
        buffer.writeBytes(items.view());
      }
      buffer.writeInt(0);
    },
  };
}

/** One field of a record: its place in the schema, and how to take it from the value. */
export interface FieldEncoding<T> {
  readonly schema: JsonObject;
  readonly write: (buffer: AvroBuffer, record: T) => void;
}

export function requiredField<T, V>(
  id: number,
  name: string,
  encoding: AvroEncoding<V>,
  get: (record: T) => V,
): FieldEncoding<T> {
  return {
    schema: { name, type: encoding.schema, "field-id": id },
    write: (buffer, record) => encoding.write(buffer, get(record)),
  };
}

export function optionalField<T, V>(
  id: number,
  name: string,
  encoding: AvroEncoding<V>,
  get: (record: T) => V | undefined | null,
): FieldEncoding<T> {
  const { schema, write } = requiredField(id, name, optionalEncoding(encoding), get);
  return { schema: { ...schema, default: null }, write };
}

export function recordEncoding<T>(name: string, fields: readonly FieldEncoding<T>[]): AvroEncoding<T> {
  return {
    schema: { type: "record", name, fields: fields.map((field) => field.schema) },
    write: (buffer, record) => {
      for (const field of fields) field.write(buffer, record);
    },
  };
}

function writeItems<T>(buffer: AvroBuffer, items: readonly T[], write: AvroEncoding<T>["write"]): void {
  if (items.length > 0) {
    buffer.writeInt(items.length);
    for (const item of items) write(buffer, item);
  }
  buffer.writeInt(0);
}
