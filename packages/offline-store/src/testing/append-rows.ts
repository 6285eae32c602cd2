import type { FeatureView } from "@icecore/feature-registry";
import type { Snapshot } from "@icecore/iceberg-catalog";
import { quotedIdentifier, writeDataFiles } from "@icecore/iceberg-catalog/duckdb";
import type { TestProject } from "./test-project.ts";

/** Appends the rows of a query as another engine would: nothing is checked, and no `created` is filled in. */
export async function appendRows(project: TestProject, view: FeatureView, sql: string): Promise<Snapshot | undefined> {
  const table = await project.table(view);
  const columns = table.schema.fields.map((field) => quotedIdentifier(field.name)).join(", ");
  const files = await writeDataFiles(project.session, table, `SELECT ${columns} FROM (${sql})`);
  const committed = await table.newTransaction().fastAppend(files).commit();
  return committed.currentSnapshot();
}
