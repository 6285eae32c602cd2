import { childFields } from "../../spec/schema.ts";
import type { NestedField } from "../../spec/types.ts";
import { quotedIdentifier, quotedString } from "../quote.ts";

/** Something that no value of a column may have in it. */
interface Problem {
  /** SQL that is true of a value that has it. */
  readonly condition: string;
  readonly complaint: string;
}

/**
 * The SELECT, which ends at values that the table's types hold and an Iceberg table does not: null where something inside a
 * column is required, and infinite dates and timestamps. Required columns themselves are checked by their files' counts.
 */
export function refuseUnstorable(select: string, fields: readonly NestedField[]): string {
  const columns = fields.map((field) => {
    const name = quotedIdentifier(field.name);
    const problems = problemsIn(name, field, field.name);
    if (problems.length === 0) return { sql: name, isChecked: false };
    const cases = problems.map(({ condition, complaint }) => {
      return `WHEN ${condition} THEN error(${quotedString(`${complaint}: `)} || left(CAST(${name} AS VARCHAR), 200))`;
    });
    return { sql: `CASE ${cases.join(" ")} ELSE ${name} END AS ${name}`, isChecked: true };
  });
  if (!columns.some(({ isChecked }) => isChecked)) return select;
  return `SELECT ${columns.map(({ sql }) => sql).join(", ")} FROM (${select})`;
}

function problemsIn(sql: string, { type }: NestedField, path: string): readonly Problem[] {
  switch (type.kind) {
    case "date":
    case "timestamp":
    case "timestamptz":
      return [{ condition: `isinf(${sql})`, complaint: `column "${path}": Iceberg has no infinite ${type.kind}` }];
    case "struct":
      return type.fields.flatMap((field) =>
        problemsOfChild(`struct_extract(${sql}, ${quotedString(field.name)})`, field, path).map((problem) => ({
          ...problem,
          condition: `(${sql} IS NOT NULL AND ${problem.condition})`,
        })),
      );
    case "list":
    case "map":
      return childFields(type).flatMap((field) => {
        const values = field.name === "element" ? sql : `map_${field.name}s(${sql})`;
        const parameter = `v${path.split(".").length}`;
        return problemsOfChild(parameter, field, path).map((problem) => ({
          ...problem,
          condition: `len(list_filter(${values}, lambda ${parameter}: ${problem.condition})) > 0`,
        }));
      });
    default:
      return [];
  }
}

function problemsOfChild(sql: string, field: NestedField, parent: string): readonly Problem[] {
  const path = `${parent}.${field.name}`;
  const inside = problemsIn(sql, field, path);
  // A map's keys are never null in DuckDB.
  if (!field.required || field.name === "key") return inside;
  return [{ condition: `${sql} IS NULL`, complaint: `column "${path}": null where a value is required` }, ...inside];
}
