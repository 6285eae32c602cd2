import type { IcebergType, PrimitiveType } from "../spec/types.ts";
import { quotedIdentifier } from "./quote.ts";

/** The DuckDB type that holds an Iceberg primitive without loss. */
export function duckdbType(type: PrimitiveType): string {
  switch (type.kind) {
    case "boolean":
      return "BOOLEAN";
    case "int":
      return "INTEGER";
    case "long":
      return "BIGINT";
    case "float":
      return "FLOAT";
    case "double":
      return "DOUBLE";
    case "date":
      return "DATE";
    case "time":
      return "TIME";
    case "timestamp":
      return "TIMESTAMP";
    case "timestamptz":
      return "TIMESTAMP WITH TIME ZONE";
    case "string":
      return "VARCHAR";
    case "uuid":
      return "UUID";
    case "binary":
    case "fixed":
      return "BLOB";
    case "decimal":
      return `DECIMAL(${type.precision},${type.scale})`;
  }
}

/** The DuckDB type of a column of any Iceberg type. */
export function duckdbTypeOf(type: IcebergType): string {
  switch (type.kind) {
    case "struct":
      return `STRUCT(${type.fields.map((field) => `${quotedIdentifier(field.name)} ${duckdbTypeOf(field.type)}`).join(", ")})`;
    case "list":
      return `${duckdbTypeOf(type.element)}[]`;
    case "map":
      return `MAP(${duckdbTypeOf(type.key)}, ${duckdbTypeOf(type.value)})`;
    default:
      return duckdbType(type);
  }
}

const integers = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT"];
const unsignedAsInteger = ["UTINYINT", "USMALLINT"];

/** Whether every value of a source column of DuckDB type `from` is a value of the Iceberg type, unchanged. */
export function fitsWithoutLoss(from: string, to: PrimitiveType): boolean {
  const target = duckdbType(to);
  if (from === target) return true;
  switch (to.kind) {
    case "int":
      return integers.slice(0, 3).includes(from) || unsignedAsInteger.includes(from);
    case "long":
      return integers.includes(from) || unsignedAsInteger.includes(from) || from === "UINTEGER";
    case "double":
      return from === "FLOAT" || integers.slice(0, 3).includes(from) || isShortDecimal(from);
    case "float":
      return integers.slice(0, 2).includes(from);
    case "timestamptz":
      return from === "TIMESTAMP WITH TIME ZONE";
    case "string":
      return from.startsWith("ENUM");
    case "decimal": {
      const source = /^DECIMAL\((\d+),(\d+)\)$/.exec(from);
      return (
        source !== null &&
        Number(source[2]) <= to.scale &&
        Number(source[1]) - Number(source[2]) <= to.precision - to.scale
      );
    }
    default:
      return false;
  }
}

/** A decimal of up to 15 digits is told again from the double nearest to it. */
function isShortDecimal(type: string): boolean {
  const digits = /^DECIMAL\((\d+),/.exec(type)?.[1];
  return digits !== undefined && Number(digits) <= 15;
}
