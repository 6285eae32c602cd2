import type { FeatureView } from "@icecore/feature-registry";
import type { Snapshot } from "@icecore/iceberg-catalog";
import { partitionExpressions, quotedIdentifier, writeDataFiles } from "@icecore/iceberg-catalog/duckdb";
import type { TestProject } from "./test-project.ts";

/** Appends the rows of a query as another engine would: nothing is checked, and no `created` is filled in. */
export async function appendRows(project: TestProject, view: FeatureView, sql: string): Promise<Snapshot | undefined> {
  const table = await project.table(view);
  const partitions = partitionExpressions(table.spec, table.schema);
  const extra = partitions.map((expression, index) => `${expression} AS p${index}`);
  const columns = table.schema.fields.map((field) => quotedIdentifier(field.name));
  await project.session.run(
    `CREATE OR REPLACE TEMP TABLE appended AS SELECT ${[...columns, ...extra].join(", ")} FROM (${sql})`,
  );
  const staged = { name: "appended", partitionColumn: (index: number) => `p${index}` };
  const files = await writeDataFiles(project.session, table, staged);
  const committed = await table.newTransaction().fastAppend(files).commit();
  return committed.currentSnapshot();
}
