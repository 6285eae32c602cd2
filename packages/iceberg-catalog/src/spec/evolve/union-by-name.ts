import { IcebergError } from "../../errors.ts";
import { childFields } from "../schema.ts";
import { canPromote } from "../type-promotion.ts";
import { isPrimitive, type NestedField, typesEqual, typeToString } from "../types.ts";
import { type Column, findColumnById } from "./columns.ts";
import type { SchemaDraft } from "./schema-draft.ts";

/**
 * Makes the columns able to hold rows of other columns too, which are matched by name: adds what is missing, widens what
 * is too narrow, makes optional what the others may leave out. What is wider already stays.
 * @throws IcebergError `INVALID_ARGUMENT` for types that have nothing in common
 */
export function unionByName(draft: SchemaDraft, parent: Column | undefined, wanted: readonly NestedField[]): void {
  for (const field of wanted) {
    const known = childOf(draft, parent, field.name);
    if (known === undefined) draft.add(parent, { name: field.name, type: field.type, doc: field.doc });
    else unite(draft, known, field);
  }
}

function unite(draft: SchemaDraft, known: Column, wanted: NestedField): void {
  if (!wanted.required) draft.makeOptional(known);
  if (wanted.doc !== undefined && wanted.doc !== known.field.doc) draft.setDoc(known, wanted.doc);
  const [have, want] = [known.field.type, wanted.type];
  if (isPrimitive(have) && isPrimitive(want)) {
    if (canPromote(have, want)) draft.widen(known, want);
    else if (!typesEqual(have, want) && !canPromote(want, have)) throw different(known, wanted);
  } else if (have.kind === want.kind) {
    unionByName(draft, known, childFields(want));
  } else {
    throw different(known, wanted);
  }
}

function childOf(draft: SchemaDraft, parent: Column | undefined, name: string): Column | undefined {
  // A column before this one may have changed the struct that both are in.
  const struct = parent && findColumnById(draft.fields, parent.field.id);
  const siblings = struct === undefined ? draft.fields : childFields(struct.field.type);
  const field = siblings.find((sibling) => sibling.name === name);
  return field && findColumnById(draft.fields, field.id);
}

function different(known: Column, wanted: NestedField): IcebergError {
  return new IcebergError(
    "INVALID_ARGUMENT",
    `column "${known.path}" is ${typeToString(known.field.type)} and cannot also hold ${typeToString(wanted.type)}`,
  );
}
