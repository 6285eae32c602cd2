import { groupBy } from "../../spec/group-by.ts";
import { escapeGlob, quotedStrings } from "../quote.ts";
import type { Row, Session } from "../session.ts";

/** A field as a Parquet file has it: its own names, and the ids its writer gave. */
export interface ShapeNode {
  readonly name: string;
  /** Undefined for the groups that Parquet needs for lists and maps, and in files without ids. */
  readonly fieldId: number | undefined;
  readonly children: readonly ShapeNode[];
}

/** Reads the schemas of Parquet files, by path. Files that cannot be read are refused by the query that reads them. */
export async function readShapes(
  session: Session,
  paths: readonly string[],
): Promise<ReadonlyMap<string, readonly ShapeNode[]>> {
  if (paths.length === 0) return new Map();
  const rows = await session.rows(
    `SELECT file_name, name, num_children, field_id FROM parquet_schema(${quotedStrings(paths.map(escapeGlob))})`,
    "reading data files",
  );
  const byFile = groupBy(rows, (row) => String(row["file_name"]));
  return new Map([...byFile].map(([path, ofFile]) => [path, parseNode(ofFile.values()).children]));
}

/** Rows come depth first, parents before their children. */
function parseNode(rows: Iterator<Row>): ShapeNode {
  const row: Row = rows.next().value ?? {};
  const fieldId = row["field_id"];
  const count = Number(row["num_children"] ?? 0);
  return {
    name: String(row["name"]),
    fieldId: fieldId === null || fieldId === undefined ? undefined : Number(fieldId),
    children: Array.from({ length: count }, () => parseNode(rows)),
  };
}
