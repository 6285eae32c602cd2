import type { FieldId } from "./ids.ts";
import type { Schema } from "./schema.ts";
import { childFields } from "./schema.ts";
import { type IcebergType, isPrimitive, type NestedField } from "./types.ts";

/** The first rule of the spec that this schema breaks, for people; undefined when it is sound. */
export function schemaProblem(schema: Schema): string | undefined {
  return (
    duplicateProblem({ kind: "struct", fields: schema.fields }, "", new Set(), new Set()) ?? identifierProblem(schema)
  );
}

/** Names count in full: beside a column `a` with a field `b`, no column is called `a.b`, which no engine could tell apart. */
function duplicateProblem(
  type: IcebergType,
  parent: string,
  names: Set<string>,
  ids: Set<FieldId>,
): string | undefined {
  for (const field of childFields(type)) {
    const name = `${parent}${field.name}`;
    if (names.has(name)) return `the name "${name}" is used twice`;
    if (ids.has(field.id)) return `the field id ${field.id} is used twice, again by "${field.name}"`;
    names.add(name);
    ids.add(field.id);
  }
  for (const field of childFields(type)) {
    const problem = duplicateProblem(field.type, `${parent}${field.name}.`, names, ids);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function identifierProblem(schema: Schema): string | undefined {
  const eligible = new Map(identifierCandidates(schema.fields).map((field) => [field.id, field]));
  const wrong = schema.identifierFieldIds.find((id) => !eligible.has(id));
  return wrong === undefined
    ? undefined
    : `field ${wrong} cannot identify rows: it must be a required primitive column, not float or double, and not inside a list, a map or an optional struct`;
}

function identifierCandidates(fields: readonly NestedField[]): readonly NestedField[] {
  return fields
    .filter((field) => field.required)
    .flatMap((field) => {
      if (field.type.kind === "struct") return identifierCandidates(field.type.fields);
      const comparable = isPrimitive(field.type) && field.type.kind !== "float" && field.type.kind !== "double";
      return comparable ? [field] : [];
    });
}
