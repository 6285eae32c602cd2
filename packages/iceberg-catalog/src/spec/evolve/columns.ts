import type { FieldId } from "../ids.ts";
import { childFields } from "../schema.ts";
import type { NestedField } from "../types.ts";

/** A field at any depth, with the way to it. */
export interface Column {
  readonly field: NestedField;
  /** Dotted, with `element`, `key` and `value`. */
  readonly path: string;
  /** Without the `element` or `value` that leads into the structs of a list or a map. */
  readonly shortPath: string;
  readonly parent: Column | undefined;
}

/** Every field, parents first. */
export function* columnsOf(fields: readonly NestedField[], parent?: Column): Generator<Column> {
  for (const field of fields) {
    const column = columnIn(field, parent);
    yield column;
    yield* columnsOf(childFields(field.type), column);
  }
}

/** The column that is called so: by its path, else by its short path. */
export function findColumn(fields: readonly NestedField[], name: string): Column | undefined {
  const columns = [...columnsOf(fields)];
  return columns.find(({ path }) => path === name) ?? columns.find(({ shortPath }) => shortPath === name);
}

export function findColumnById(fields: readonly NestedField[], id: FieldId): Column | undefined {
  return [...columnsOf(fields)].find(({ field }) => field.id === id);
}

/** Whether the column is a map's key, or inside one. */
export function isInMapKey({ field, parent }: Column): boolean {
  if (parent === undefined) return false;
  return (parent.field.type.kind === "map" && field.id === parent.field.type.keyId) || isInMapKey(parent);
}

/** Whether the column is the element, the key or the value of another, which have no name of their own. */
export function isPartOfContainer({ parent }: Column): boolean {
  return parent !== undefined && parent.field.type.kind !== "struct";
}

/** The ids of a field and of all that is inside. */
export function idsWithin(field: NestedField): ReadonlySet<FieldId> {
  return new Set([...columnsOf([field])].map((column) => column.field.id));
}

function columnIn(field: NestedField, parent: Column | undefined): Column {
  if (parent === undefined) return { field, path: field.name, shortPath: field.name, parent };
  const { kind } = parent.field.type;
  const isElided =
    field.type.kind === "struct" &&
    ((kind === "list" && field.name === "element") || (kind === "map" && field.name === "value"));
  return {
    field,
    path: `${parent.path}.${field.name}`,
    shortPath: isElided ? parent.shortPath : `${parent.shortPath}.${field.name}`,
    parent,
  };
}
