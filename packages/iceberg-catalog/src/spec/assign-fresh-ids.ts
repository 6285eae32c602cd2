import { type FieldId, fieldId, schemaId } from "./ids.ts";
import type { Schema } from "./schema.ts";
import type { IcebergType, NestedField } from "./types.ts";

export interface FreshSchema {
  readonly schema: Schema;
  /** The id that a column of the proposed schema has now. */
  readonly newId: (old: FieldId) => FieldId | undefined;
}

/**
 * Numbers all fields from 1 as the reference implementation does for a new table: the fields of a struct first, then
 * what is inside each of them.
 */
export function assignFreshIds(schema: Schema): FreshSchema {
  const ids = new Map<FieldId, FieldId>();
  const assign = (old: FieldId): FieldId => {
    const id = fieldId(ids.size + 1);
    ids.set(old, id);
    return id;
  };
  const fields = freshFields(schema.fields, assign);
  const newId = (old: FieldId): FieldId | undefined => ids.get(old);
  const identifierFieldIds = schema.identifierFieldIds.flatMap((id) => newId(id) ?? []);
  return { schema: { schemaId: schemaId(0), fields, identifierFieldIds }, newId };
}

type Assign = (old: FieldId) => FieldId;

function freshFields(fields: readonly NestedField[], assign: Assign): readonly NestedField[] {
  const numbered = fields.map((field) => ({ ...field, id: assign(field.id) }));
  return numbered.map((field) => ({ ...field, type: freshType(field.type, assign) }));
}

/** The type with every id in it, its own fields first, given by `assign`. */
export function freshType(type: IcebergType, assign: Assign): IcebergType {
  switch (type.kind) {
    case "struct":
      return { ...type, fields: freshFields(type.fields, assign) };
    case "list": {
      const elementId = assign(type.elementId);
      return { ...type, elementId, element: freshType(type.element, assign) };
    }
    case "map": {
      const [keyId, valueId] = [assign(type.keyId), assign(type.valueId)];
      return { ...type, keyId, key: freshType(type.key, assign), valueId, value: freshType(type.value, assign) };
    }
    default:
      return type;
  }
}
