import type { FieldId } from "./ids.ts";
import type { IcebergType, NestedField } from "./types.ts";

/** The fields with the one of this id, at any depth, replaced by `rewrite`'s answer, or dropped where that is undefined. */
export function rewriteField(
  fields: readonly NestedField[],
  id: FieldId,
  rewrite: (field: NestedField) => NestedField | undefined,
): readonly NestedField[] {
  return fields.flatMap((field) => {
    if (field.id === id) return rewrite(field) ?? [];
    return { ...field, type: rewriteInside(field.type, id, rewrite) };
  });
}

function rewriteInside(
  type: IcebergType,
  id: FieldId,
  rewrite: (field: NestedField) => NestedField | undefined,
): IcebergType {
  switch (type.kind) {
    case "struct":
      return { ...type, fields: rewriteField(type.fields, id, rewrite) };
    case "list": {
      const field = { id: type.elementId, name: "element", required: type.elementRequired, type: type.element };
      const [element] = rewriteField([field], id, rewrite);
      return element === undefined ? type : { ...type, element: element.type, elementRequired: element.required };
    }
    case "map": {
      const keyField = { id: type.keyId, name: "key", required: true, type: type.key };
      const valueField = { id: type.valueId, name: "value", required: type.valueRequired, type: type.value };
      const [key = keyField] = rewriteField([keyField], id, rewrite);
      const [value = valueField] = rewriteField([valueField], id, rewrite);
      return { ...type, key: key.type, value: value.type, valueRequired: value.required };
    }
    default:
      return type;
  }
}
