import type { DataFile, PartitionTuple } from "../../spec/manifest.ts";
import { partitionPath } from "../../spec/partition-path.ts";
import type { PartitionSpec } from "../../spec/partition-spec.ts";
import { findFieldById, type Schema } from "../../spec/schema.ts";
import type { Table } from "../../table.ts";
import { dataFileLocation } from "../../transaction/table-locations.ts";
import { quotedIdentifier, quotedString } from "../quote.ts";
import type { Row, Session } from "../session.ts";
import { type CopyStatistics, columnMetrics } from "./copy-statistics.ts";
import { type OutputFile, openOutputFile } from "./output-file.ts";

/** Rows of a temporary table in DuckDB, with a column per partition field behind the schema's columns. */
export interface StagedRows {
  readonly name: string;
  /** The column that holds partition field `index`. */
  readonly partitionColumn: (index: number) => string;
}

export interface WriteProgress {
  readonly rows: bigint;
  readonly totalRows: bigint;
}

/**
 * Writes staged rows as Parquet data files, one per partition, each sorted by the table's sort order, with field ids
 * and column statistics. Where it fails, no file is left behind.
 */
export async function writeDataFiles(
  session: Session,
  table: Table,
  staged: StagedRows,
  onProgress: (progress: WriteProgress) => void = () => {},
): Promise<readonly DataFile[]> {
  const written: { readonly output: OutputFile; readonly dataFile: DataFile }[] = [];
  try {
    const partitions = await listPartitions(session, table.spec, staged);
    const totalRows = partitions.reduce((sum, partition) => sum + partition.rows, 0n);
    let rows = 0n;
    for (const partition of partitions) {
      written.push(await writePartition(session, table, staged, partition.tuple));
      rows += partition.rows;
      onProgress({ rows, totalRows });
    }
  } catch (error) {
    await Promise.all(written.map(({ output }) => output.remove()));
    throw error;
  }
  return written.map(({ dataFile }) => dataFile);
}

interface Partition {
  readonly tuple: PartitionTuple;
  readonly rows: bigint;
}

async function listPartitions(
  session: Session,
  spec: PartitionSpec,
  staged: StagedRows,
): Promise<readonly Partition[]> {
  const columns = spec.fields.map((_, index) => quotedIdentifier(staged.partitionColumn(index)));
  const select = [...columns.map((column, index) => `${column} AS p${index}`), "count(*) AS row_count"].join(", ");
  const order = columns.length === 0 ? "" : "GROUP BY ALL ORDER BY ALL";
  const rows = await session.rows(`SELECT ${select} FROM ${staged.name} ${order}`);
  return rows
    .map((row) => ({
      tuple: spec.fields.map((_, index) => (row[`p${index}`] ?? null) as PartitionTuple[number]),
      rows: BigInt(String(row["row_count"])),
    }))
    .filter((partition) => partition.rows > 0n);
}

async function writePartition(session: Session, table: Table, staged: StagedRows, tuple: PartitionTuple) {
  const { schema, spec, sortOrder } = table;
  const location = dataFileLocation(table, partitionPath(spec, schema, tuple), `${crypto.randomUUID()}.parquet`);
  const output = await openOutputFile(table.io, location);
  try {
    const conditions = tuple.map(
      (_, index) => `${quotedIdentifier(staged.partitionColumn(index))} IS NOT DISTINCT FROM ${literal(tuple[index])}`,
    );
    const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
    const columns = schema.fields.map((field) => quotedIdentifier(field.name)).join(", ");
    const rows = await session.rows(
      `COPY (SELECT ${columns} FROM ${staged.name} ${where} ${orderBy(table)}) TO ${quotedString(output.path)}
       (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, FIELD_IDS {${fieldIds(schema)}}, RETURN_STATS)`,
      "writing data files",
    );
    const statistics = parseStatistics(rows[0] ?? {});
    await output.finish();
    const dataFile: DataFile = {
      content: "data",
      filePath: location,
      fileFormat: "parquet",
      specId: spec.specId,
      partition: tuple,
      recordCount: statistics.rows,
      fileSizeInBytes: statistics.bytes,
      ...columnMetrics(schema, statistics),
      ...(sortOrder.fields.length === 0 ? {} : { sortOrderId: sortOrder.orderId }),
    };
    return { output, dataFile };
  } catch (error) {
    await output.remove();
    throw error;
  }
}

function literal(value: PartitionTuple[number] | undefined): string {
  if (value === null || value === undefined) return "NULL";
  return typeof value === "string" ? quotedString(value) : String(value);
}

function orderBy(table: Table): string {
  const terms = table.sortOrder.fields.flatMap((field) => {
    const source = findFieldById(table.schema, field.sourceId);
    if (source === undefined || field.transform.kind !== "identity") return [];
    const nulls = field.nullOrder === "nulls-first" ? "NULLS FIRST" : "NULLS LAST";
    return [`${quotedIdentifier(source.name)} ${field.direction === "asc" ? "ASC" : "DESC"} ${nulls}`];
  });
  return terms.length === 0 ? "" : `ORDER BY ${terms.join(", ")}`;
}

function fieldIds(schema: Schema): string {
  return schema.fields.map((field) => `${quotedIdentifier(field.name)}: ${field.id}`).join(", ");
}

type StatisticsMap = readonly { readonly key: string; readonly value: unknown }[];

/** RETURN_STATS names columns by quoted, dotted path: `"delay"`. */
function parseStatistics(row: Row): CopyStatistics {
  const columns = (row["column_statistics"] as StatisticsMap).map(
    ({ key, value }) =>
      [
        key.slice(1, -1).replaceAll('""', '"'),
        new Map((value as StatisticsMap).map((entry) => [entry.key, String(entry.value)])),
      ] as const,
  );
  return {
    rows: BigInt(String(row["count"])),
    bytes: BigInt(String(row["file_size_bytes"])),
    columns: new Map(columns),
  };
}
