import { IcebergError } from "../../errors.ts";
import type { Schema } from "../../spec/schema.ts";
import type { IcebergType, NestedField } from "../../spec/types.ts";
import { quotedIdentifier } from "../quote.ts";

/**
 * The option FIELD_IDS of DuckDB's COPY: every field of the schema with its id, at any depth.
 * @throws IcebergError `UNSUPPORTED` for a field that DuckDB would write as no Iceberg reader expects it
 */
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
    case "fixed":
      // They have to be of fixed length in Parquet too (spec, "Appendix A"), and DuckDB writes bytes of any length only.
      throw new IcebergError(
        "UNSUPPORTED",
        `field ${id} is fixed[${type.length}], which this version reads and cannot write; let another engine write it, or use binary`,
      );
    default:
      return String(id);
  }
}
