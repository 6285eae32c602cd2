import { IcebergError } from "../errors.ts";
import { childFields } from "../spec/schema.ts";
import type { NestedField } from "../spec/types.ts";

/**
 * Refuses columns of one parent whose names differ by case alone: Iceberg tells them apart, and DuckDB does not.
 * @throws IcebergError `UNSUPPORTED`
 */
export function refuseLookAlikes(fields: readonly NestedField[]): void {
  const seen = new Map<string, NestedField>();
  for (const field of fields) {
    const other = seen.get(field.name.toLowerCase());
    if (other !== undefined) {
      throw new IcebergError(
        "UNSUPPORTED",
        `columns "${other.name}" and "${field.name}" differ by case alone, and DuckDB takes them for one; rename one of them`,
      );
    }
    seen.set(field.name.toLowerCase(), field);
    refuseLookAlikes(childFields(field.type));
  }
}
