import type { Schema } from "../../spec/schema.ts";
import type { IcebergType, NestedField } from "../../spec/types.ts";
import { quotedIdentifier } from "../quote.ts";

/** The option FIELD_IDS of DuckDB's COPY: every field of the schema with its id, at any depth. */
export function fieldIdsOption(schema: Schema): string {
  return members(schema.fields);
}

const members = (fields: readonly NestedField[]): string => `{${fields.map(member).join(", ")}}`;

const member = ({ id, name, type }: NestedField): string => `${quotedIdentifier(name)}: ${identified(id, type)}`;

function identified(id: number, type: IcebergType): string {
  switch (type.kind) {
    case "struct":
      return `{__duckdb_field_id: ${id}, ${members(type.fields).slice(1)}`;
    case "list":
      return `{__duckdb_field_id: ${id}, element: ${identified(type.elementId, type.element)}}`;
    case "map":
      return `{__duckdb_field_id: ${id}, key: ${identified(type.keyId, type.key)}, value: ${identified(type.valueId, type.value)}}`;
    default:
      return String(id);
  }
}
