import {
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  type DuckDBValue,
  LIST,
  MAP,
  STRUCT,
} from "@duckdb/node-api";
import { type Data, type DataType, type Field, type FixedSizeList, Type } from "apache-arrow";
import type { ArrowColumn } from "./arrow-columns.ts";
import { quotedIdentifier, quotedString } from "./quote.ts";

type Read = (index: number) => DuckDBValue;

/** What a nested column is made from. */
export interface Nesting {
  /** How deep it is: lambdas have parameters unlike those of the lambdas around them. */
  readonly depth: number;
  readonly inside: (child: Field, sql: string) => ArrowColumn;
}

/** The column of a list, struct or map; undefined for other types. */
export function nestedColumn(type: DataType, sql: string, nesting: Nesting): ArrowColumn | undefined {
  switch (type.typeId) {
    case Type.List:
    case Type.FixedSizeList:
      return listColumn(type, sql, nesting);
    case Type.Struct:
      return structColumn(type, sql, nesting);
    case Type.Map:
      return mapColumn(type, sql, nesting);
    default:
      return undefined;
  }
}

function listColumn(type: DataType, sql: string, { depth, inside }: Nesting): ArrowColumn | undefined {
  const [child] = type.children ?? [];
  if (child === undefined) return undefined;
  const parameter = `e${depth}`;
  const element = inside(child, parameter);
  return {
    type: LIST(element.type),
    sql: element.sql === parameter ? sql : `list_transform(${sql}, lambda ${parameter}: ${element.sql})`,
    reader: (data) => {
      const read = orNull(element, data.children[0]);
      const range = rangeOf(data);
      return (index) => new DuckDBListValue(range(index).map(read));
    },
  };
}

function structColumn(type: DataType, sql: string, { inside }: Nesting): ArrowColumn {
  const fields = type.children ?? [];
  const members = fields.map((field) => {
    const value = `struct_extract(${sql}, ${quotedString(field.name)})`;
    const column = inside(field, value);
    return { name: field.name, column, isSame: column.sql === value };
  });
  const packed = members.map(({ name, column }) => `${quotedIdentifier(name)} := ${column.sql}`);
  return {
    type: STRUCT(Object.fromEntries(members.map(({ name, column }) => [name, column.type]))),
    sql: members.every(({ isSame }) => isSame)
      ? sql
      : `CASE WHEN ${sql} IS NOT NULL THEN struct_pack(${packed.join(", ")}) END`,
    reader: (data) => {
      const reads = members.map(({ name, column }, index) => [name, orNull(column, data.children[index])] as const);
      return (index) => new DuckDBStructValue(Object.fromEntries(reads.map(([name, read]) => [name, read(index)])));
    },
  };
}

function mapColumn(type: DataType, sql: string, { depth, inside }: Nesting): ArrowColumn | undefined {
  const [keyField, valueField] = type.children?.[0]?.type.children ?? [];
  if (keyField === undefined || valueField === undefined) return undefined;
  const parameter = `e${depth}`;
  const [keySql, valueSql] = [`${parameter}.key`, `${parameter}.value`];
  const [key, value] = [inside(keyField, keySql), inside(valueField, valueSql)];
  const entries = `list_transform(map_entries(${sql}), lambda ${parameter}: {'key': ${key.sql}, 'value': ${value.sql}})`;
  return {
    type: MAP(key.type, value.type),
    sql:
      key.sql === keySql && value.sql === valueSql
        ? sql
        : `CASE WHEN ${sql} IS NOT NULL THEN map_from_entries(${entries}) END`,
    reader: (data) => {
      const [entry] = data.children;
      const [readKey, readValue] = [orNull(key, entry?.children[0]), orNull(value, entry?.children[1])];
      const range = rangeOf(data);
      return (index) => new DuckDBMapValue(range(index).map((i) => ({ key: readKey(i), value: readValue(i) })));
    },
  };
}

function orNull({ reader }: ArrowColumn, data: Data | undefined): Read {
  if (data === undefined) return () => null;
  const read: Read = reader === undefined ? (index) => data.values[index] : reader(data);
  return (index) => (data.getValid(index) ? read(index) : null);
}

/** Where the values of a list or a map are in its child. */
function rangeOf(data: Data): (index: number) => readonly number[] {
  const size = data.type.typeId === Type.FixedSizeList ? (data.type as FixedSizeList).listSize : undefined;
  const from = (index: number) => (size === undefined ? (data.valueOffsets[index] ?? 0) : (data.offset + index) * size);
  return (index) => {
    const start = from(index);
    return Array.from({ length: from(index + 1) - start }, (_, position) => start + position);
  };
}
