import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import {
  type DataFile,
  dataFileLocation,
  type FieldId,
  localPath,
  partitionPath,
  type Table,
} from "@icecore/iceberg-catalog";
import type { Session } from "@icecore/iceberg-catalog/duckdb";
import { quotedIdentifier, quotedString } from "@icecore/iceberg-catalog/duckdb";

/** Position deletes for rows of one data file, as another engine would write them. */
export function positionDeletes(
  session: Session,
  table: Table,
  file: DataFile,
  positions: readonly number[],
): Promise<DataFile> {
  const rows = positions.map((position) => `(${quotedString(file.filePath)}, ${position}::BIGINT)`).join(", ");
  const sql = `SELECT * FROM (VALUES ${rows}) t(file_path, pos) ORDER BY ALL`;
  return writeDeletes(session, table, file, sql, "file_path: 2147483546, pos: 2147483545", {
    content: "position-deletes",
  });
}

/** Equality deletes in the partition of a data file: the rows of a query, whose columns are named as the table's. */
export async function equalityDeletes(session: Session, table: Table, file: DataFile, sql: string): Promise<DataFile> {
  const columns = (await session.describe(sql)).map(({ name }) => {
    const field = table.schema.fields.find((candidate) => candidate.name === name);
    if (field === undefined) throw new Error(`no column ${name}`);
    return field;
  });
  const ids = columns.map((field) => `${quotedIdentifier(field.name)}: ${field.id}`).join(", ");
  const equalityIds: readonly FieldId[] = columns.map((field) => field.id);
  return writeDeletes(session, table, file, sql, ids, { content: "equality-deletes", equalityIds });
}

async function writeDeletes(
  session: Session,
  table: Table,
  { specId, partition }: DataFile,
  sql: string,
  ids: string,
  kind: Pick<DataFile, "content" | "equalityIds">,
): Promise<DataFile> {
  const filePath = dataFileLocation(
    table,
    partitionPath(table.spec, table.schema, partition),
    `${crypto.randomUUID()}.parquet`,
  );
  const path = localPath(filePath) ?? "";
  await mkdir(dirname(path), { recursive: true });
  await session.run(`COPY (${sql}) TO ${quotedString(path)} (FORMAT parquet, FIELD_IDS {${ids}})`);
  const row = await session.row(`SELECT count(*) AS n FROM read_parquet(${quotedString(path)})`);
  const { size } = await stat(path);
  return {
    ...kind,
    filePath,
    fileFormat: "parquet",
    specId,
    partition,
    recordCount: BigInt(String(row["n"])),
    fileSizeInBytes: BigInt(size),
  };
}
