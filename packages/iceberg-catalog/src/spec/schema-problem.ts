import type { FieldId } from "./ids.ts";
import type { Schema } from "./schema.ts";
import { childFields } from "./schema.ts";
import { type IcebergType, isPrimitive, type NestedField } from "./types.ts";

/** The first rule of the spec that this schema breaks, for people; undefined when it is sound. */
export function schemaProblem(schema: Schema): string | undefined {
  return duplicateProblem({ kind: "struct", fields: schema.fields }, new Set()) ?? identifierProblem(schema);
}

function duplicateProblem(type: IcebergType, ids: Set<FieldId>): string | undefined {
  const names = new Set<string>();
  for (const field of childFields(type)) {
    if (names.has(field.name)) return `the name "${field.name}" is used twice`;
    if (ids.has(field.id)) return `the field id ${field.id} is used twice, again by "${field.name}"`;
    names.add(field.name);
    ids.add(field.id);
  }
  for (const field of childFields(type)) {
    const problem = duplicateProblem(field.type, ids);
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
