import {
  catalogFileIO,
  createTable,
  fieldId,
  loadTable,
  type Predicate,
  RestCatalog,
  readRowFile,
  schemaId,
  stringifyJson,
  writeRowFile,
} from "@icecore/iceberg-catalog";
import { expect, test } from "vitest";
import { describeCatalog, type Peculiarity } from "../../packages/iceberg-catalog/src/catalog/catalog.suite.ts";
import { metricsReportToJson } from "../../packages/iceberg-catalog/src/catalog/metrics-report-json.ts";
import { appendCommit, driversTable } from "../../packages/iceberg-catalog/src/testing/sample-commits.ts";
import { startIcebergRestServer } from "./support/iceberg-rest-server.ts";
import { startNessie } from "./support/nessie.ts";
import { startForeignS3 } from "./support/s3-server.ts";

type Peculiarities = Partial<Record<Peculiarity, string>>;

const implicitNamespaces = "its namespaces come to be with what is put into them";
const jettyRefuses = "its web server refuses paths that decode to another path";

const javaReference: Peculiarities = {
  "a.b": "it puts dots between levels",
  "a/b": jettyRefuses,
  "100%": jettyRefuses,
  "a%2Fb": jettyRefuses,
  "namespaces need parents": implicitNamespaces,
  "tables need a namespace": implicitNamespaces,
  "locations are used once": "a table's location follows from its name",
};

describeCatalog(
  "the REST server of the Java reference",
  async () => {
    const server = await startIcebergRestServer();
    const catalog = await RestCatalog.connect({ uri: server.uri });
    return { catalog, close: async () => server[Symbol.asyncDispose]() };
  },
  javaReference,
);

test("the Java reference understands our metrics reports", async () => {
  const server = await startIcebergRestServer();
  const catalog = await RestCatalog.connect({ uri: server.uri });
  const namespace = ["metrics"];
  await catalog.createNamespace(namespace);
  const identifier = { namespace, name: "t" };
  const { metadata } = await catalog.createTable(identifier, driversTable);
  const after = await catalog.updateTable(identifier, appendCommit(metadata, 1n));
  const [snapshot] = after.metadata.snapshots;
  const [schema] = after.metadata.schemas;
  if (snapshot === undefined || schema === undefined) throw new Error("the table has a snapshot and a schema");
  const filter: Predicate = {
    op: "and",
    left: { op: "in", column: "driver_id", values: [1n, 2n] },
    right: { op: "not", child: { op: "gt-eq", column: "driver_id", value: 3n } },
  };
  const report = {
    manifests: { total: 3, skipped: 1 },
    files: { kept: 2, pruned: 1 },
    bytes: { kept: 2n, pruned: 1n },
  };
  for (const metrics of [
    { kind: "scan", snapshotId: snapshot.snapshotId, schema, filter, report, durationMs: 12.5 } as const,
    { kind: "commit", snapshot, attempts: 2, durationMs: 3 } as const,
  ]) {
    const response = await fetch(`${server.uri}/v1/namespaces/metrics/tables/t/metrics`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: stringifyJson(metricsReportToJson(identifier, metrics)),
    });
    expect(response.ok, await response.text()).toBe(true);
  }
  await server[Symbol.asyncDispose]();
});

const nessie: Peculiarities = {
  "q?&#+": "it reads what follows # in a table's name as a time",
  "a namespace that is not there has no listing": "it lists what a namespace that is not there would hold: nothing",
  "purging deletes files": "its own garbage collection does, since other branches may have the table too",
  "metadata tells the history": "the log of its commits does",
  "commits that require nothing never conflict": "it commits to a table as it was when the request came",
};

describeCatalog(
  "Nessie",
  async () => {
    const s3 = await startForeignS3("warehouse");
    const server = await startNessie(s3);
    const catalog = await RestCatalog.connect({ uri: server.uri, properties: { "rest-page-size": "2" } });
    const close = async () => {
      await server[Symbol.asyncDispose]();
      await s3[Symbol.asyncDispose]();
    };
    return { catalog, close };
  },
  nessie,
);

test("a table in Nessie is written and read by us, where the catalog says that its files are", async () => {
  const s3 = await startForeignS3("warehouse");
  const server = await startNessie(s3);
  const catalog = await RestCatalog.connect({ uri: server.uri, properties: s3.properties });
  const identifier = { namespace: ["nessie"], name: "flights" };
  await catalog.createNamespace(identifier.namespace);
  const fields = [
    { id: fieldId(1), name: "id", required: true, type: { kind: "long" } },
    { id: fieldId(2), name: "origin", required: false, type: { kind: "string" } },
  ] as const;
  const schema = { schemaId: schemaId(0), identifierFieldIds: [], fields };
  const table = await createTable(catalog, identifier, { schema }, catalogFileIO(catalog));
  const append = async (name: string, id: bigint) => {
    const current = await table.refresh();
    await current
      .newTransaction()
      .fastAppend([await writeRowFile(current, [{ id, origin: "SFO" }], name)])
      .commit();
  };
  await Promise.all([append("1.parquet", 1n), append("2.parquet", 2n)]);
  const { tasks } = await (await loadTable(catalog, identifier, catalogFileIO(catalog))).scan().plan();
  const rows = await Promise.all(tasks.map(({ dataFile }) => readRowFile(table, dataFile)));
  expect(
    rows
      .flat()
      .map(({ id }) => id)
      .sort(),
  ).toEqual([1n, 2n]);
  await server[Symbol.asyncDispose]();
  await s3[Symbol.asyncDispose]();
});
