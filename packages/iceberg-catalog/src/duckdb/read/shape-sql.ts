import type { IcebergType, NestedField } from "../../spec/types.ts";
import { quotedIdentifier, quotedString } from "../quote.ts";
import { duckdbTypeOf } from "../types.ts";
import type { ShapeNode } from "./file-shape.ts";

/** The type to read a value of a file as: the table's, with the names that the file has, without what it lacks. */
export function typeInFile(type: IcebergType, node: ShapeNode): string {
  switch (type.kind) {
    case "struct": {
      const members = type.fields.flatMap((field) => {
        const own = node.children.find(({ fieldId }) => fieldId === field.id);
        return own === undefined ? [] : [`${quotedIdentifier(own.name)} ${typeInFile(field.type, own)}`];
      });
      return `STRUCT(${members.length === 0 ? "nothing INTEGER" : members.join(", ")})`;
    }
    case "list":
      return `${typeInFile(type.element, nodeOf(listElement(node)))}[]`;
    case "map": {
      const [key, value] = mapEntry(node);
      return `MAP(${typeInFile(type.key, nodeOf(key))}, ${typeInFile(type.value, nodeOf(value))})`;
    }
    default:
      return duckdbTypeOf(type);
  }
}

/** A value of a file, read by the names that the file has, as the type that the table has by now. */
export function readAs(type: IcebergType, sql: string, node: ShapeNode): string {
  switch (type.kind) {
    case "struct": {
      const members = type.fields.map((field) => `${quotedIdentifier(field.name)} := ${member(field, sql, node)}`);
      return `CASE WHEN ${sql} IS NOT NULL THEN struct_pack(${members.join(", ")}) END`;
    }
    case "list": {
      const element = nodeOf(listElement(node));
      return `list_transform(${sql}, lambda x: ${readAs(type.element, "x", element)})`;
    }
    case "map": {
      const [key, value] = mapEntry(node);
      const entry = `{'key': ${readAs(type.key, "e.key", nodeOf(key))}, 'value': ${readAs(type.value, "e.value", nodeOf(value))}}`;
      return `CASE WHEN ${sql} IS NOT NULL THEN map_from_entries(list_transform(map_entries(${sql}), lambda e: ${entry})) END`;
    }
    default:
      return `CAST(${sql} AS ${duckdbTypeOf(type)})`;
  }
}

function member(field: NestedField, sql: string, node: ShapeNode): string {
  const own = node.children.find(({ fieldId }) => fieldId === field.id);
  if (own === undefined) return `CAST(NULL AS ${duckdbTypeOf(field.type)})`;
  return readAs(field.type, `struct_extract(${sql}, ${quotedString(own.name)})`, own);
}

const nothing: ShapeNode = { name: "", fieldId: undefined, children: [] };
const nodeOf = (node: ShapeNode | undefined): ShapeNode => node ?? nothing;

/** Lists of three levels have a repeated group around the element; the two of old writers have not. */
function listElement({ children: [repeated] }: ShapeNode): ShapeNode | undefined {
  return repeated?.fieldId === undefined && repeated?.children.length === 1 ? repeated.children[0] : repeated;
}

function mapEntry({ children: [repeated] }: ShapeNode): readonly (ShapeNode | undefined)[] {
  return repeated?.children ?? [];
}
