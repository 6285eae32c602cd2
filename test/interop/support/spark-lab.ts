import type { Table } from "@icecore/iceberg-catalog";
import { type ReadRowsOptions, rowsSql, type Session } from "@icecore/iceberg-catalog/duckdb";
import { expect } from "vitest";
import { type Lab, openLab } from "./lab.ts";
import { startSpark } from "./spark.ts";
import { parseSpelled, type SpelledRow, sorted, spelledSelect } from "./spelled-rows.ts";

/** A catalog that Spark and our engine share. */
export interface SparkLab extends Lab {
  /** Runs a statement in Spark. */
  spark(statement: string): Promise<readonly SpelledRow[]>;
}

export async function openSparkLab(): Promise<SparkLab> {
  const lab = await openLab();
  const spark = await startSpark(lab.uri, lab.folder);
  return {
    ...lab,
    spark: spark.sql,
    [Symbol.asyncDispose]: async () => {
      await spark[Symbol.asyncDispose]();
      await lab[Symbol.asyncDispose]();
    },
  };
}

/** The rows that our engine reads, spelled. */
export async function ourRows(
  session: Session,
  table: Table,
  options: ReadRowsOptions = {},
): Promise<readonly SpelledRow[]> {
  const { schema } = table.scan(options.snapshotId === undefined ? {} : { snapshotId: options.snapshotId });
  const rows = await session.rows(spelledSelect(schema, await rowsSql(session, table, options)));
  return rows.map((row) => parseSpelled(String(row["spelled"])) as SpelledRow);
}

/** Both engines read the same rows of a table as it is now, and there are so many. */
export async function expectSameRows(lab: SparkLab, name: string, count: number): Promise<void> {
  const table = await lab.loadTable(name);
  const ours = await ourRows(lab.session, table);
  const theirs = await lab.spark(`SELECT * FROM lab.${name}`);
  expect(sorted(ours)).toEqual(sorted(theirs));
  expect(ours).toHaveLength(count);
}
