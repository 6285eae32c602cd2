import type { FieldId } from "../../spec/ids.ts";
import type { DataFile } from "../../spec/manifest.ts";
import { nameMappingProperty, parseNameMapping } from "../../spec/name-mapping.ts";
import { requirePartitionSpec } from "../../spec/require-in-metadata.ts";
import { findFieldById } from "../../spec/schema.ts";
import type { TableMetadata } from "../../spec/table-metadata.ts";
import { currentSchema } from "../../spec/table-metadata-lookups.ts";
import { isPrimitive } from "../../spec/types.ts";
import type { Session } from "../session.ts";
import { valueLiteral } from "../value-sql.ts";
import { byId, type FileLayout, hasNoIds, type Shapes, withMappedIds } from "./file-layout.ts";
import { readShapes, type ShapeNode } from "./file-shape.ts";
import { columnsWithRenamedFields } from "./nested-names.ts";

/**
 * How the columns of each data file are found. Files are only looked into where the table's history asks for it: where
 * fields inside columns were renamed, or where there may be files without ids, for which there is a name mapping.
 */
export async function fileLayouts(
  session: Session,
  metadata: TableMetadata,
  files: readonly DataFile[],
  paths: readonly string[],
): Promise<readonly FileLayout[]> {
  const renamed = columnsWithRenamedFields(metadata.schemas);
  const property = metadata.properties[nameMappingProperty];
  if (renamed.size === 0 && property === undefined) return files.map(() => byId);
  const mapping = property === undefined ? undefined : parseNameMapping(property);
  const shapes = await readShapes(session, paths);
  return files.map((file, index) => {
    const nodes = shapes.get(paths[index] ?? "") ?? [];
    if (mapping !== undefined && hasNoIds(nodes)) {
      const mapped = shapesById(withMappedIds(nodes, mapping));
      return { kind: "by-name", shapes: mapped, constants: partitionConstants(metadata, file) };
    }
    const inside = new Map([...shapesById(nodes)].filter(([id]) => renamed.has(id as FieldId)));
    return inside.size === 0 ? byId : { kind: "inside-by-name", shapes: inside };
  });
}

function shapesById(nodes: readonly ShapeNode[]): Shapes {
  return new Map(nodes.flatMap((node) => (node.fieldId === undefined ? [] : [[node.fieldId, node] as const])));
}

/** Files that were brought into a table may leave out the columns that their folders tell. */
function partitionConstants(metadata: TableMetadata, { specId, partition }: DataFile): ReadonlyMap<number, string> {
  const constants = new Map<number, string>();
  for (const [position, { sourceId, transform }] of requirePartitionSpec(metadata, specId).fields.entries()) {
    const type = findFieldById(currentSchema(metadata), sourceId)?.type;
    const value = partition[position];
    if (transform.kind !== "identity" || type === undefined || !isPrimitive(type)) continue;
    if (value !== null && value !== undefined) constants.set(sourceId, valueLiteral(type, value));
  }
  return constants;
}
