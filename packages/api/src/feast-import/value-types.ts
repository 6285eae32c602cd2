import type { KeyTypeName } from "@icecore/feature-registry";

/** The types of features by Feast's number for them (`ValueType.Enum`). Sets, maps and JSON have no counterpart. */
const featureTypes: ReadonlyMap<number, string> = new Map([
  [1, "binary"],
  [2, "string"],
  [3, "int"],
  [4, "long"],
  [5, "double"],
  [6, "float"],
  [7, "boolean"],
  [8, "timestamptz"],
  [11, "list<binary>"],
  [12, "list<string>"],
  [13, "list<int>"],
  [14, "list<long>"],
  [15, "list<double>"],
  [16, "list<float>"],
  [17, "list<boolean>"],
  [18, "list<timestamptz>"],
  [36, "uuid"],
  [37, "uuid"],
  [38, "list<uuid>"],
  [39, "list<uuid>"],
]);

/** What Feast calls types that have no counterpart. */
const foreignTypes: ReadonlyMap<number, string> = new Map([
  [20, "MAP"],
  [21, "MAP_LIST"],
  [22, "BYTES_SET"],
  [23, "STRING_SET"],
  [24, "INT32_SET"],
  [25, "INT64_SET"],
  [26, "DOUBLE_SET"],
  [27, "FLOAT_SET"],
  [28, "BOOL_SET"],
  [29, "UNIX_TIMESTAMP_SET"],
  [32, "JSON"],
  [33, "JSON_LIST"],
  [34, "STRUCT"],
  [35, "STRUCT_LIST"],
  [44, "DECIMAL"],
]);

const keyTypes: ReadonlyMap<number, KeyTypeName> = new Map([
  [1, "binary"],
  [2, "string"],
  [3, "int"],
  [4, "long"],
  [8, "timestamptz"],
]);

export function featureTypeOf(valueType: number): string | undefined {
  return featureTypes.get(valueType);
}

export function keyTypeOf(valueType: number): KeyTypeName | undefined {
  return keyTypes.get(valueType);
}

/** Feast's name of a type, or its number. */
export function feastTypeName(valueType: number): string {
  return foreignTypes.get(valueType) ?? `number ${valueType}`;
}
