import type { FieldId } from "../spec/ids.ts";
import { childFields, type Schema } from "../spec/schema.ts";
import { isPrimitive, type NestedField, type PrimitiveType } from "../spec/types.ts";

/**
 * The types of all primitive columns a table ever had, dropped ones too, as the newest schema that has them knows them: an
 * older type could not hold what was written since. What lies inside lists and maps has no statistics of rows.
 */
export function columnTypes(schemas: readonly Schema[]): ReadonlyMap<FieldId, PrimitiveType> {
  const types = new Map<FieldId, PrimitiveType>();
  const visit = ({ id, type }: NestedField): void => {
    if (isPrimitive(type)) types.set(id, type);
    else if (type.kind === "struct") childFields(type).forEach(visit);
  };
  for (const schema of [...schemas].sort((a, b) => a.schemaId - b.schemaId)) schema.fields.forEach(visit);
  return types;
}
