import { parseType } from "../spec/parse-type.ts";
import type { IcebergType, PrimitiveType } from "../spec/types.ts";
import { parseSourceType, type SourceMember, type SourceType } from "./source-type.ts";

const names: Readonly<Record<string, PrimitiveType["kind"]>> = {
  BOOLEAN: "boolean",
  TINYINT: "int",
  SMALLINT: "int",
  UTINYINT: "int",
  USMALLINT: "int",
  INTEGER: "int",
  UINTEGER: "long",
  BIGINT: "long",
  FLOAT: "float",
  DOUBLE: "double",
  DATE: "date",
  TIME: "time",
  TIMESTAMP: "timestamp",
  TIMESTAMP_S: "timestamp",
  TIMESTAMP_MS: "timestamp",
  "TIMESTAMP WITH TIME ZONE": "timestamptz",
  VARCHAR: "string",
  UUID: "uuid",
  BLOB: "binary",
};

/**
 * The Iceberg type that holds every value of a DuckDB type unchanged, whose ids are unique in it; undefined where there is
 * none.
 */
export function icebergTypeOf(duckdbType: string): IcebergType | undefined {
  return parseType(textOf(parseSourceType(duckdbType)));
}

function textOf(type: SourceType): string {
  switch (type.kind) {
    case "scalar":
      return names[type.name] ?? type.name.toLowerCase();
    case "struct":
      return `struct<${type.members.map(memberText).join(", ")}>`;
    case "list":
      return `list<${textOf(type.element)}>`;
    case "map":
      return `map<${textOf(type.key)}, ${textOf(type.value)}>`;
  }
}

const memberText = ({ name = "", type }: SourceMember): string => `${name}: ${textOf(type)}`;
