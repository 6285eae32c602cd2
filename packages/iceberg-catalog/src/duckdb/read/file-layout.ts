import type { MappedField, NameMapping } from "../../spec/name-mapping.ts";
import type { ShapeNode } from "./file-shape.ts";

/** How a file's columns are found. */
export type FileLayout =
  /** By their field ids, and what is inside them by the names of now. */
  | { readonly kind: "by-id" }
  /** By their field ids; what is inside of some by the names that the file has. */
  | { readonly kind: "inside-by-name"; readonly shapes: Shapes }
  /** By name, since the file has no ids: by the table's name mapping. */
  | {
      readonly kind: "by-name";
      readonly shapes: Shapes;
      /** SQL of the columns whose value the file's partition tells, by field id. */
      readonly constants: ReadonlyMap<number, string>;
    };

/** Columns as a file has them, by field id. */
export type Shapes = ReadonlyMap<number, ShapeNode>;

export const byId: FileLayout = { kind: "by-id" };

export const hasNoIds = (nodes: readonly ShapeNode[]): boolean =>
  nodes.every(({ fieldId, children }) => fieldId === undefined && hasNoIds(children));

/** A file without ids, with those that a name mapping gives its columns (spec, "Column Projection"). */
export function withMappedIds(nodes: readonly ShapeNode[], mapping: NameMapping): readonly ShapeNode[] {
  return nodes.map((node) => {
    const mapped = mapping.find(({ names }) => names.includes(node.name));
    return mapped === undefined ? node : mappedNode(node, mapped);
  });
}

function mappedNode(node: ShapeNode, { fieldId, fields }: MappedField): ShapeNode {
  return { ...node, fieldId, children: mappedChildren(node, fields) };
}

/** Mappings name what is in a list `element`, in a map `key` and `value`; files have a group in between. */
function mappedChildren({ children }: ShapeNode, fields: readonly MappedField[]): readonly ShapeNode[] {
  const [group] = children;
  const isRepeated =
    children.length === 1 && fields.some(({ names }) => names.includes("element") || names.includes("key"));
  if (!isRepeated || group === undefined) return withMappedIds(children, fields);
  const [element] = fields;
  const isList = fields.length === 1 && element !== undefined;
  // Old writers name the element as they like; in a map the order tells key and value.
  const inside = group.children.map((child, index) => {
    const mapped = isList ? element : fields[index];
    return mapped === undefined ? child : mappedNode(child, mapped);
  });
  return [{ ...group, children: inside }];
}
