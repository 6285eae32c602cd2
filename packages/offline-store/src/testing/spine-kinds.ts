import { fieldId, type PrimitiveType, schemaId } from "@icecore/iceberg-catalog";
import { appendSelect, quotedString, storeResult, writeOutput } from "@icecore/iceberg-catalog/duckdb";
import { RecordBatchStreamWriter, Table } from "apache-arrow";
import type { SpineInput } from "../retrieval/spine-input.ts";
import type { spineTypes } from "./point-in-time-cases.ts";
import type { TestProject } from "./test-project.ts";

/** Every form that a spine can come in. */
export const spineKinds = [
  "sql",
  "parquet",
  "csv",
  "ndjson",
  "arrow",
  "batches",
  "ipc",
  "arrow-file",
  "table",
] as const;
export type SpineKind = (typeof spineKinds)[number];

const tableTypes: Readonly<Record<keyof typeof spineTypes, PrimitiveType>> = {
  driver_id: { kind: "long" },
  label: { kind: "string" },
  other_id: { kind: "long" },
  airport: { kind: "string" },
  event_timestamp: { kind: "timestamptz" },
};

/** The rows of a query, which orders them by `label`, in the form that is wanted. */
export async function spineOf(project: TestProject, kind: SpineKind, sql: string): Promise<SpineInput> {
  const { session } = project;
  const path = project.path(`spine-${crypto.randomUUID()}`);
  switch (kind) {
    case "sql":
      return { sql };
    case "parquet":
      await writeOutput(session, sql, `${path}.parquet`);
      return { files: [`${path}.parquet`] };
    case "csv":
      await session.run(`COPY (${sql}) TO ${quotedString(`${path}.csv`)} (HEADER, FORCE_QUOTE (airport))`);
      return { files: [`${path}.csv`] };
    case "ndjson":
      await session.run(
        `COPY (SELECT * REPLACE (event_timestamp::VARCHAR AS event_timestamp) FROM (${sql})) TO ${quotedString(`${path}.ndjson`)} (FORMAT json)`,
      );
      return { files: [`${path}.ndjson`] };
    case "arrow-file":
      await writeOutput(session, sql, `${path}.arrow`);
      return { files: [`${path}.arrow`] };
    case "batches":
      return { arrow: (await storeResult(session, sql)).batches() };
    case "arrow":
      return { arrow: new Table(await batchesOf(project, sql)) };
    case "ipc":
      return { arrowIpc: await RecordBatchStreamWriter.writeAll(await batchesOf(project, sql)).toUint8Array() };
    case "table":
      return { table: await tableOf(project, sql) };
  }
}

async function batchesOf({ session }: TestProject, sql: string) {
  const batches = [];
  for await (const batch of (await storeResult(session, sql)).batches()) batches.push(batch);
  return batches;
}

async function tableOf(project: TestProject, sql: string) {
  const fields = Object.entries(tableTypes).map(([name, type], index) => ({
    id: fieldId(index + 1),
    name,
    required: false,
    type,
  }));
  const name = `spine_${crypto.randomUUID().replaceAll("-", "_")}`;
  const schema = { schemaId: schemaId(0), identifierFieldIds: [], fields };
  const table = await project.project.ensureTable(name, { schema });
  return (await appendSelect(project.session, table, sql)).table;
}
