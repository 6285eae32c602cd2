import type { FieldId } from "../spec/ids.ts";
import type { Schema } from "../spec/schema.ts";
import type { NestedField } from "../spec/types.ts";
import { invalid } from "./argument.ts";
import { quotedIdentifier } from "./quote.ts";

/** A column, or a field inside structs, as an SQL expression over a relation that has the schema's columns. */
export function columnPath(schema: Schema, id: FieldId): string {
  return (fieldsTo(schema.fields, id) ?? []).map((field) => quotedIdentifier(field.name)).join(".");
}

/** A column by its name; what is inside of one is none. @throws IcebergError `INVALID_ARGUMENT` */
export function requireColumn({ fields }: Schema, name: string): NestedField {
  const field = fields.find((candidate) => candidate.name === name);
  if (field !== undefined) return field;
  throw invalid(`the table has no column "${name}"; its columns: ${fields.map((column) => column.name).join(", ")}`);
}

function fieldsTo(fields: readonly NestedField[], id: FieldId): readonly NestedField[] | undefined {
  for (const field of fields) {
    if (field.id === id) return [field];
    const inner = field.type.kind === "struct" ? fieldsTo(field.type.fields, id) : undefined;
    if (inner !== undefined) return [field, ...inner];
  }
  return undefined;
}
