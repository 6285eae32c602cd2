import type { FieldId } from "../../spec/ids.ts";
import { childFields, type Schema } from "../../spec/schema.ts";
import type { NestedField } from "../../spec/types.ts";

/**
 * The columns inside which a field had several names over time, or a name stood for several fields. DuckDB finds columns
 * by id, but what is inside them by name: these have to be read by the names that each file has.
 */
export function columnsWithRenamedFields(schemas: readonly Schema[]): ReadonlySet<FieldId> {
  const names = new Map<FieldId, string>();
  const ids = new Map<string, FieldId>();
  const renamed = new Set<FieldId>();
  const visit = (column: FieldId, parent: NestedField): void => {
    for (const field of childFields(parent.type)) {
      const place = `${parent.id} ${field.name}`;
      if ((names.get(field.id) ?? field.name) !== field.name || (ids.get(place) ?? field.id) !== field.id) {
        renamed.add(column);
      }
      names.set(field.id, field.name);
      ids.set(place, field.id);
      visit(column, field);
    }
  };
  for (const schema of schemas) {
    for (const column of schema.fields) visit(column.id, column);
  }
  return renamed;
}
