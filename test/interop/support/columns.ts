import {
  fieldId,
  type IcebergType,
  type NestedField,
  parsePrimitive,
  type Schema,
  schemaId,
} from "@icecore/iceberg-catalog";

/** A type in short: a primitive's name, or what is inside of another. */
export type Shape =
  | string
  | { readonly struct: Readonly<Record<string, Shape>> }
  | { readonly list: Shape }
  | { readonly map: readonly [key: Shape, value: Shape] };

/** A schema of columns that may be null, with ids of its own; those named in `keys` identify a row. */
export function schemaOf(columns: Readonly<Record<string, Shape>>, keys: readonly string[] = []): Schema {
  const fields = fieldsOf(columns, counter()).map((field) => ({ ...field, required: keys.includes(field.name) }));
  const identifierFieldIds = fields.filter(({ required }) => required).map(({ id }) => id);
  return { schemaId: schemaId(0), identifierFieldIds, fields };
}

/** A type to give a new column, whose ids the table replaces. */
export const typeOf = (shape: Shape): IcebergType => typeIn(shape, counter());

type NextId = () => number;

function counter(): NextId {
  let last = 0;
  return () => ++last;
}

const fieldsOf = (columns: Readonly<Record<string, Shape>>, next: NextId): readonly NestedField[] =>
  Object.entries(columns).map(([name, shape]) => ({
    id: fieldId(next()),
    name,
    required: false,
    type: typeIn(shape, next),
  }));

function typeIn(shape: Shape, next: NextId): IcebergType {
  if (typeof shape === "string") {
    const type = parsePrimitive(shape);
    if (type === undefined) throw new Error(`${shape} is no primitive type`);
    return type;
  }
  if ("struct" in shape) return { kind: "struct", fields: fieldsOf(shape.struct, next) };
  if ("list" in shape) {
    return { kind: "list", elementId: fieldId(next()), element: typeIn(shape.list, next), elementRequired: false };
  }
  const [key, value] = shape.map;
  return {
    kind: "map",
    keyId: fieldId(next()),
    key: typeIn(key, next),
    valueId: fieldId(next()),
    value: typeIn(value, next),
    valueRequired: false,
  };
}
