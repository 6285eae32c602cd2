import { IcebergError } from "../errors.ts";
import type { FieldId, SchemaId } from "./ids.ts";
import { fieldsEqual, type IcebergType, type NestedField } from "./types.ts";

/** The columns of a table at one point of its evolution. Columns are found by id; names may change. */
export interface Schema {
  readonly schemaId: SchemaId;
  readonly fields: readonly NestedField[];
  /** Columns that identify a row; required primitives. */
  readonly identifierFieldIds: readonly FieldId[];
}

/** Same columns and identifiers; the schema's own id does not count. */
export function schemasEqual(a: Schema, b: Schema): boolean {
  return (
    fieldsEqual(a.fields, b.fields) &&
    a.identifierFieldIds.length === b.identifierFieldIds.length &&
    a.identifierFieldIds.every((id) => b.identifierFieldIds.includes(id))
  );
}

/** Calls `visit` for every field of the schema, nested ones too, parents first; `path` is dotted. */
function walkFields(schema: Schema, visit: (field: NestedField, path: string) => void): void {
  const walkType = (type: IcebergType, path: string): void => {
    for (const child of childFields(type)) {
      const childPath = path === "" ? child.name : `${path}.${child.name}`;
      visit(child, childPath);
      walkType(child.type, childPath);
    }
  };
  walkType({ kind: "struct", fields: schema.fields }, "");
}

/** The fields directly inside a type: struct fields, `element`, or `key` and `value`. */
export function childFields(type: IcebergType): readonly NestedField[] {
  switch (type.kind) {
    case "struct":
      return type.fields;
    case "list":
      return [{ id: type.elementId, name: "element", required: type.elementRequired, type: type.element }];
    case "map":
      return [
        { id: type.keyId, name: "key", required: true, type: type.key },
        { id: type.valueId, name: "value", required: type.valueRequired, type: type.value },
      ];
    default:
      return [];
  }
}

/** The field with this id at any depth. */
export function findFieldById(schema: Schema, id: FieldId): NestedField | undefined {
  let found: NestedField | undefined;
  walkFields(schema, (field) => {
    if (field.id === id) found = field;
  });
  return found;
}

/** The field at this dotted path, matched exactly. */
export function findField(schema: Schema, path: string): NestedField | undefined {
  let found: NestedField | undefined;
  walkFields(schema, (field, fieldPath) => {
    if (fieldPath === path) found ??= field;
  });
  return found;
}

/** The field at this dotted path. @throws IcebergError `INVALID_ARGUMENT` that lists the columns there are. */
export function requireField(schema: Schema, path: string): NestedField {
  const field = findField(schema, path);
  if (field === undefined) {
    const names = schema.fields.map((f) => f.name).join(", ");
    throw new IcebergError("INVALID_ARGUMENT", `no column "${path}"; the table has: ${names}`, { context: { path } });
  }
  return field;
}

/** The highest field id in use, nested ids included; 0 for no columns. */
export function highestFieldId(schema: Schema): number {
  let highest = 0;
  walkFields(schema, (field) => {
    highest = Math.max(highest, field.id);
  });
  return highest;
}
