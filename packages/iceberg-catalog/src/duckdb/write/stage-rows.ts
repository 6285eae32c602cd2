import type { PartitionTuple } from "../../spec/manifest.ts";
import type { PartitionSpec } from "../../spec/partition-spec.ts";
import { internalName } from "../internal-name.ts";
import { quotedIdentifier } from "../quote.ts";
import type { Session } from "../session.ts";
import { type PartitionExpression, partitionExpressions } from "./partition-sql.ts";
import { sortTerms } from "./sort-sql.ts";
import type { WriteTarget } from "./write-target.ts";

/** Rows in a temporary table, in the order that files want: by partition, then by the sort order. */
export interface StagedRows {
  readonly partitions: readonly StagedPartition[];
  /** The SELECT that gives the target's columns of so many rows. */
  select(firstRow: number, rows: number): string;
  drop(): Promise<void>;
}

/** The rows of one partition, which lie together. */
export interface StagedPartition {
  readonly tuple: PartitionTuple;
  /** The first one's `rowid`. */
  readonly firstRow: number;
  readonly rows: number;
}

/** Computes a SELECT that gives the target's columns into a temporary table, which spills where memory does not hold it. */
export async function stageRows(
  session: Session,
  { spec, schema, sortOrder }: WriteTarget,
  select: string,
  doing: string,
): Promise<StagedRows> {
  const partitions = await partitionExpressions(session, spec, schema);
  // Under names of our own: a column of the user's that is called `rowid` would hide DuckDB's.
  const staged = schema.fields.map((field, index) => `${quotedIdentifier(field.name)} AS ${stagedColumn(index)}`);
  const computed = partitions.map(({ sql }, index) => `${sql} AS ${partitionColumn(index)}`);
  const order = [...partitions.map((_, index) => partitionColumn(index)), ...sortTerms(sortOrder, schema)].join(", ");
  const name = quotedIdentifier(`staged_${crypto.randomUUID()}`);
  await session.run(
    `CREATE TEMP TABLE ${name} AS SELECT ${[...staged, ...computed].join(", ")} FROM (${select})${order === "" ? "" : ` ORDER BY ${order}`}`,
    doing,
  );
  const columns = schema.fields.map((field, index) => `${stagedColumn(index)} AS ${quotedIdentifier(field.name)}`);
  return {
    partitions: await listPartitions(session, name, spec, partitions),
    select: (firstRow, rows) =>
      `SELECT ${columns.join(", ")} FROM ${name} WHERE rowid >= ${firstRow} AND rowid < ${firstRow + rows}`,
    drop: () => session.run(`DROP TABLE ${name}`),
  };
}

async function listPartitions(
  session: Session,
  name: string,
  spec: PartitionSpec,
  expressions: readonly PartitionExpression[],
): Promise<readonly StagedPartition[]> {
  const columns = spec.fields.map((_, index) => `${partitionColumn(index)},`).join(" ");
  const rows = await session.rows(
    `SELECT ${columns} min(rowid) AS first_row, count(*) AS row_count FROM ${name} GROUP BY ALL ORDER BY first_row`,
  );
  return rows
    .map((row) => ({
      tuple: expressions.map(({ parse }, index) => parse(row[partitionColumn(index)])),
      firstRow: Number(row["first_row"]),
      rows: Number(row["row_count"]),
    }))
    .filter((partition) => partition.rows > 0);
}

const stagedColumn = (index: number): string => internalName(`c${index}`);
const partitionColumn = (index: number): string => internalName(`p${index}`);
