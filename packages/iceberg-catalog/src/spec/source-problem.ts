import { canTransform } from "./apply-transform.ts";
import { findColumnById, isPartOfContainer } from "./evolve/columns.ts";
import type { FieldId } from "./ids.ts";
import type { Schema } from "./schema.ts";
import { type Transform, transformToString } from "./transform.ts";
import { isPrimitive, typeToString } from "./types.ts";

/**
 * Why a partition or sort field cannot be computed from a column, for people; undefined when it can. A `void` field that
 * has outlived its column can: it holds nothing.
 */
export function sourceProblem(transform: Transform, sourceId: FieldId, schema: Schema): string | undefined {
  const column = findColumnById(schema.fields, sourceId);
  if (column === undefined) return transform.kind === "void" ? undefined : `no column has id ${sourceId}`;
  const { field, path } = column;
  for (let part: typeof column | undefined = column; part !== undefined; part = part.parent) {
    if (isPartOfContainer(part)) return `"${path}" is inside a list or a map`;
  }
  if (!isPrimitive(field.type)) return `"${path}" is not primitive`;
  // A transform that only its writer knows is that writer's to judge.
  if (transform.kind === "unknown" || canTransform(transform, field.type)) return undefined;
  return `the transform ${transformToString(transform)} cannot be applied to ${typeToString(field.type)}`;
}
