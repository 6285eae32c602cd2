import { childFields } from "../../spec/schema.ts";
import { isPrimitive, type NestedField, type PrimitiveType, typeToString } from "../../spec/types.ts";
import { quotedIdentifier, quotedString } from "../quote.ts";
import { parseSourceType, type SourceMember, type SourceType, sourceTypeText } from "../source-type.ts";
import { duckdbTypeOf } from "../types.ts";
import { conversion } from "../write/conversion.ts";
import { convertJson } from "./convert-json.ts";

/** Where in a row a value stands, and what is wrong with the types found on the way. */
export interface ValuePlace {
  /** Dotted; what is in a list is its `element`, what is in a map its `key` and `value`. */
  readonly path: string;
  readonly findings: string[];
}

/**
 * The expression that makes a value of a column's type out of one of a source. Members of structs are found by name at any
 * depth; a value that would change ends the statement, and a type whose values would is among the findings.
 */
export function convertValue(
  sql: string,
  from: SourceType,
  field: NestedField,
  { path, findings }: ValuePlace,
): string {
  const { type } = field;
  const target = duckdbTypeOf(type);
  if (sourceTypeText(from) === sourceTypeText(parseSourceType(target))) return sql;
  if (from.kind === "scalar" && from.name === '"NULL"') return `CAST(NULL AS ${target})`;
  if (from.kind === "scalar" && from.name === "JSON") return convertJson(sql, field, path);
  if (isPrimitive(type)) return convertPrimitive(sql, from, type, { path, findings });
  // Names of parameters that are unlike those around them.
  const parameter = `x${path.split(".").length}`;
  const inside = childFields(type);
  const within = (member: NestedField) => ({ path: `${path}.${member.name}`, findings });
  const [first, second] = inside;
  if (type.kind === "struct" && from.kind === "struct" && from.members.every(({ name }) => name !== undefined)) {
    return convertStruct(sql, from.members, inside, { path, findings });
  }
  if (type.kind === "list" && from.kind === "list" && first !== undefined) {
    return `list_transform(${sql}, lambda ${parameter}: ${convertValue(parameter, from.element, first, within(first))})`;
  }
  if (type.kind === "map" && from.kind === "map" && first !== undefined && second !== undefined) {
    const key = convertValue(`${parameter}.key`, from.key, first, within(first));
    const value = convertValue(`${parameter}.value`, from.value, second, within(second));
    const entries = `list_transform(map_entries(${sql}), lambda ${parameter}: {'key': ${key}, 'value': ${value}})`;
    return `CASE WHEN ${sql} IS NOT NULL THEN map_from_entries(${entries}) END`;
  }
  findings.push(`column "${path}": it is ${sourceTypeText(from)}, which is not a ${typeToString(type)}`);
  return `CAST(NULL AS ${target})`;
}

function convertStruct(
  sql: string,
  members: readonly SourceMember[],
  fields: readonly NestedField[],
  { path, findings }: ValuePlace,
): string {
  const known = new Set(fields.map(({ name }) => name));
  for (const { name } of members) {
    if (!known.has(name ?? "")) findings.push(`the table has no column "${path}.${name}"`);
  }
  const packed = fields.map((field) => {
    const member = members.find(({ name }) => name === field.name);
    const place = { path: `${path}.${field.name}`, findings };
    const value =
      member === undefined
        ? missingValue(field, place)
        : convertValue(`struct_extract(${sql}, ${quotedString(field.name)})`, member.type, field, place);
    return `${quotedIdentifier(field.name)} := ${value}`;
  });
  return `CASE WHEN ${sql} IS NOT NULL THEN struct_pack(${packed.join(", ")}) END`;
}

/** A column that the source lacks. */
export function missingValue({ type, required }: NestedField, { path, findings }: ValuePlace): string {
  if (required) findings.push(`column "${path}" is missing, and every row needs it`);
  return `CAST(NULL AS ${duckdbTypeOf(type)})`;
}

function convertPrimitive(sql: string, from: SourceType, type: PrimitiveType, { path, findings }: ValuePlace): string {
  const converted = conversion(sql, sourceTypeText(from), type);
  switch (converted.kind) {
    case "direct":
      return converted.sql;
    case "checked": {
      const complaint = quotedString(`column "${path}": a value is not ${converted.expected}: `);
      return `CASE WHEN ${sql} IS NOT NULL AND (${converted.sql}) IS NULL THEN error(${complaint} || CAST(${sql} AS VARCHAR)) ELSE ${converted.sql} END`;
    }
    case "refused":
      findings.push(`column "${path}": ${converted.reason}`);
      return `CAST(NULL AS ${duckdbTypeOf(type)})`;
  }
}
