import { childFields } from "../../spec/schema.ts";
import { isPrimitive, type NestedField, type PrimitiveType, typeToString } from "../../spec/types.ts";
import { quotedIdentifier, quotedString } from "../quote.ts";
import { duckdbTypeOf } from "../types.ts";
import { conversion } from "../write/conversion.ts";

/**
 * The expression that makes a value of a column's type out of JSON: arrays become lists, objects structs or maps. Members
 * are found by name; one that the type lacks ends the statement, as a value does that would change.
 */
export function convertJson(sql: string, { type }: NestedField, path: string): string {
  if (isPrimitive(type)) return fromScalar(sql, type, path);
  const place = (child: NestedField) => `${path}.${child.name}`;
  const parameter = `x${path.split(".").length}`;
  const [first, second] = childFields(type);
  if (type.kind === "struct") {
    const names = type.fields.map(({ name }) => quotedString(name)).join(", ");
    const unknown = `list_filter(json_keys(${sql}), lambda ${parameter}: ${parameter} NOT IN (${names}))`;
    const members = type.fields.map(
      (field) => `${quotedIdentifier(field.name)} := ${convertJson(memberOf(sql, field.name), field, place(field))}`,
    );
    return ofKind(sql, "OBJECT", path, `a ${typeToString(type)}`, [
      `WHEN len(${unknown}) > 0 THEN error(${quotedString(`column "${path}": a value has a member that the table lacks: `)} || ${unknown}[1])`,
      `ELSE struct_pack(${members.join(", ")})`,
    ]);
  }
  if (type.kind === "list" && first !== undefined) {
    const element = convertJson(parameter, first, place(first));
    return ofKind(sql, "ARRAY", path, `a ${typeToString(type)}`, [
      `ELSE list_transform(CAST(${sql} AS JSON[]), lambda ${parameter}: ${element})`,
    ]);
  }
  if (first === undefined || second === undefined) return `CAST(NULL AS ${duckdbTypeOf(type)})`;
  const key = convertJson(`to_json(${parameter}.key)`, first, place(first));
  const value = convertJson(`${parameter}.value`, second, place(second));
  const entries = `map_entries(CAST(${sql} AS MAP(VARCHAR, JSON)))`;
  return ofKind(sql, "OBJECT", path, `a ${typeToString(type)}`, [
    `ELSE map_from_entries(list_transform(${entries}, lambda ${parameter}: {'key': ${key}, 'value': ${value}}))`,
  ]);
}

const memberOf = (sql: string, name: string): string =>
  `json_extract(${sql}, ${quotedString(`$."${name.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`)})`;

function ofKind(sql: string, kind: string, path: string, expected: string, cases: readonly string[]): string {
  const complaint = quotedString(`column "${path}": a value is not ${expected}: `);
  const other = `WHEN json_type(${sql}) <> '${kind}' THEN error(${complaint} || CAST(${sql} AS VARCHAR))`;
  return `CASE WHEN ${sql} IS NULL OR json_type(${sql}) = 'NULL' THEN NULL ${other} ${cases.join(" ")} END`;
}

/** JSON's numbers are doubles to whoever reads them: of more digits than those have, nobody knows the last. */
const isExactNumber = (sql: string): string =>
  `(json_type(${sql}) <> 'DOUBLE' OR len(regexp_replace(CAST(${sql} AS VARCHAR), '[eE].*|[^0-9]', '', 'g')) <= 15)`;

function fromScalar(sql: string, type: PrimitiveType, path: string): string {
  const text = `(${sql} ->> '$')`;
  const converted = conversion(text, "VARCHAR", type);
  if (converted.kind === "refused") return `CAST(NULL AS ${duckdbTypeOf(type)})`;
  if (converted.kind === "direct") return converted.sql;
  const bad = `(${converted.sql}) IS NULL${type.kind === "decimal" ? ` OR NOT ${isExactNumber(sql)}` : ""}`;
  const complaint = quotedString(`column "${path}": a value is not ${converted.expected}: `);
  return `CASE WHEN ${text} IS NOT NULL AND (${bad}) THEN error(${complaint} || ${text}) ELSE ${converted.sql} END`;
}
