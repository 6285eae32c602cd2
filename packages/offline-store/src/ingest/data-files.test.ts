import { type DataFile, localPath, type Table } from "@icecore/iceberg-catalog";
import { quotedString } from "@icecore/iceberg-catalog/duckdb";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fileProblems } from "../testing/file-problems.ts";
import { rowsSql } from "../testing/rows-sql.ts";
import { TestProject } from "../testing/test-project.ts";
import { typedRows, typedRowTypes, typedView } from "../testing/typed-rows.ts";
import { viewOf } from "../testing/views.ts";

let project: TestProject;
beforeAll(async () => {
  project = await TestProject.open();
});
afterAll(() => project[Symbol.asyncDispose]());

/** The files of the newest snapshot alone, with the statistics of every column. */
async function newestFiles(table: Table): Promise<readonly DataFile[]> {
  const current = table.currentSnapshot();
  const statsOf = table.schema.fields.map((field) => field.name);
  const from = current?.parentSnapshotId;
  const { tasks } = await table.scan({ statsOf }).plan();
  if (from === undefined) return tasks.map((task) => task.dataFile);
  const earlier = new Set((await table.scan({ snapshotId: from }).plan()).tasks.map((task) => task.dataFile.filePath));
  return tasks.map((task) => task.dataFile).filter((file) => !earlier.has(file.filePath));
}

describe("data files", () => {
  it.each(["none", "hour", "day", "month", "year"] as const)(
    "say nothing untrue of their rows: partitioned by %s",
    async (partitionBy) => {
      const view = { ...typedView, name: `typed_${partitionBy}`, partitionBy };
      await project.apply(view);
      await fc.assert(
        fc.asyncProperty(typedRows, async (rows) => {
          await project.ingest(view, { sql: rowsSql(typedRowTypes, rows) });
          const table = await project.table(view);
          const files = await newestFiles(table);
          for (const file of files) expect(await fileProblems(project.session, table, file)).toEqual([]);
          expect(files.reduce((sum, file) => sum + file.recordCount, 0n)).toBe(BigInt(rows.length));
          expect(new Set(files.map((file) => String(file.partition))).size).toBe(files.length);
        }),
        { numRuns: 7 },
      );
    },
  );

  it("say nothing untrue of several row groups, the first of which is all NaN and null", async () => {
    const view = viewOf({
      name: "groups",
      partitionBy: "none",
      features: [
        { name: "x", type: "double" },
        { name: "words", type: "string" },
        { name: "price", type: "decimal(38, 4)" },
      ],
    });
    await project.apply(view);
    await project
      .ingest(view, {
        sql: `SELECT i AS driver_id, make_timestamptz(i * 1000003) AS event_timestamp,
              CASE WHEN i < 130000 THEN 'nan'::DOUBLE ELSE i / 7 END AS x,
              CASE WHEN i < 130000 THEN NULL ELSE repeat('é', i % 200) || i END AS words,
              CAST((CASE WHEN i < 130000 THEN -i ELSE i END) / 4 AS DECIMAL(38,4)) AS price
            FROM range(280000) t(i)`,
      })
      .catch(async (error) => {
        throw error;
      });
    const table = await project.table(view);
    const [file] = await newestFiles(table);
    expect(file && (await fileProblems(project.session, table, file))).toEqual([]);
  });

  it("carry the field ids of the table in their Parquet schema", async () => {
    const table = await project.table({ ...typedView, name: "typed_none" });
    const [file] = await newestFiles(table);
    const rows = await project.session.rows(
      `SELECT name, field_id FROM parquet_schema(${quotedString(localPath(file?.filePath ?? "") ?? "")}) WHERE field_id IS NOT NULL`,
    );
    expect(rows.map((row) => [row["name"], Number(row["field_id"])])).toEqual(
      table.schema.fields.map((field) => [field.name, Number(field.id)]),
    );
  });
});
