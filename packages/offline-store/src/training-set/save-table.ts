import type { ProjectCatalog } from "@icecore/feature-registry";
import {
  createTable,
  fieldId,
  freshType,
  type IcebergType,
  identifierToString,
  isIcebergError,
  type NestedField,
  schemaId,
  sortOrderId,
  type Table,
} from "@icecore/iceberg-catalog";
import { appendSelect, icebergTypeOf, type Session, type SourceColumn } from "@icecore/iceberg-catalog/duckdb";
import { OfflineStoreError } from "../errors.ts";
import type { OrderedRows } from "./write-parts.ts";

/** The column that a saved training set has beside its own: each row's position in the spine, from 0. */
const spineRowColumn = "spine_row";

export interface SaveRequest {
  readonly project: ProjectCatalog;
  /** The table's name in the project's namespace. */
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
}

/**
 * Saves rows as an Iceberg table of the project, sorted by {@link spineRowColumn}. Where it fails, no table is left.
 * @throws OfflineStoreError `OUTPUT_EXISTS` for a table that is there already, `DATA_INVALID` for a column that Iceberg has
 * no type for
 */
export async function saveTable(
  session: Session,
  rows: OrderedRows & { readonly columns: readonly SourceColumn[] },
  { project, name, properties }: SaveRequest,
): Promise<Table> {
  const fields = savedFields(rows.columns);
  const identifier = project.identifier(name);
  const table = await createTable(
    project.catalog,
    identifier,
    {
      schema: { schemaId: schemaId(0), fields, identifierFieldIds: [] },
      sortOrder: {
        orderId: sortOrderId(1),
        fields: [{ sourceId: fieldId(1), transform: { kind: "identity" }, direction: "asc", nullOrder: "nulls-first" }],
      },
      properties: { "format-version": "2", "write.parquet.compression-codec": "zstd", ...properties },
    },
    project.io,
  ).catch((error) => {
    if (!isIcebergError(error, "ALREADY_EXISTS")) throw error;
    const message = `${identifierToString(identifier)} is a table already; save the training set under another name`;
    throw new OfflineStoreError("OUTPUT_EXISTS", message, { cause: error });
  });
  try {
    const appended = await appendSelect(session, table, `SELECT rowid AS ${spineRowColumn}, * FROM ${rows.table}`, {
      doing: `saving ${identifierToString(identifier)}`,
    });
    return appended.table;
  } catch (error) {
    if (!isIcebergError(error, "COMMIT_STATE_UNKNOWN")) await project.catalog.dropTable(identifier, { purge: true });
    throw error;
  }
}

function savedFields(columns: readonly SourceColumn[]): readonly NestedField[] {
  const taken = columns.find(({ name }) => name.toLowerCase() === spineRowColumn);
  if (taken !== undefined) {
    throw new OfflineStoreError(
      "DATA_INVALID",
      `a saved training set has a column "${spineRowColumn}" of its own; rename yours`,
    );
  }
  const own: NestedField = {
    id: fieldId(1),
    name: spineRowColumn,
    required: true,
    type: { kind: "long" },
    doc: "Position of the row in the spine, from 0.",
  };
  let lastId = columns.length + 1;
  const nextId = () => fieldId(++lastId);
  const others = columns.map(({ name, type }, index) => ({
    id: fieldId(index + 2),
    name,
    required: false,
    type: freshType(requireType(name, type), nextId),
  }));
  return [own, ...others];
}

function requireType(column: string, duckdbType: string): IcebergType {
  const type = icebergTypeOf(duckdbType);
  if (type !== undefined) return type;
  throw new OfflineStoreError(
    "DATA_INVALID",
    `column "${column}" is ${duckdbType}, which an Iceberg table cannot hold unchanged; cast it in the spine`,
  );
}
