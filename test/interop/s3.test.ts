import {
  createTable,
  fieldId,
  loadTable,
  RestCatalog,
  readRowFile,
  s3FileIO,
  s3OptionsOf,
  schemaId,
  tableFileIO,
  writeRowFile,
} from "@icecore/iceberg-catalog";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeFileIO } from "../../packages/iceberg-catalog/src/io/file-io.suite.ts";
import { describeS3Keys } from "../../packages/iceberg-catalog/src/io/s3-keys.suite.ts";
import { createCatalogApp } from "../../packages/iceberg-catalog/src/server/http/app.ts";
import { serve, type TestServer } from "../../packages/iceberg-catalog/src/testing/http-server.ts";
import { inMemoryContext } from "../../packages/iceberg-catalog/src/testing/in-memory-context.ts";
import { python } from "./support/python.ts";
import { type ForeignS3, startForeignS3 } from "./support/s3-server.ts";

/** The least that Amazon takes as a part. */
const partBytes = 5 * 1024 * 1024;

let s3: ForeignS3;
let catalogServer: TestServer;
beforeAll(async () => {
  s3 = await startForeignS3("warehouse");
  const io = s3FileIO(s3OptionsOf(s3.properties));
  const app = createCatalogApp({ ...inMemoryContext(), io, warehouse: "s3://warehouse/of p=1" });
  catalogServer = await serve(async (request) => app.fetch(request));
});
afterAll(async () => {
  await catalogServer.close();
  await s3[Symbol.asyncDispose]();
});

const filesIn = async (bucket: string) => {
  const server = await startForeignS3(bucket);
  const io = s3FileIO({ ...s3OptionsOf(server.properties), partBytes });
  return { io, bucket, root: `s3://${bucket}/ware house`, close: async () => server[Symbol.asyncDispose]() };
};

describeFileIO("S3 as moto serves it", () => filesIn("suite"));
describeS3Keys("moto", () => filesIn("keys"));

test("files larger than a part come back as they were, and are not overwritten either", async () => {
  const { io, root, close } = await filesIn("parts");
  const bytes = Uint8Array.from({ length: 2 * partBytes + 1 }, (_, i) => i % 251);
  await io.write(`${root}/large`, bytes);
  expect(Buffer.compare(await io.read(`${root}/large`), bytes)).toBe(0);
  expect(
    Buffer.compare(
      await io.read(`${root}/large`, { offset: partBytes - 3, length: 6 }),
      bytes.slice(partBytes - 3, partBytes + 3),
    ),
  ).toBe(0);
  await expect(io.write(`${root}/large`, bytes)).rejects.toMatchObject({ code: "FILE_EXISTS" });
  await close();
});

test("a table in S3 is read and written by us and by PyIceberg", async () => {
  const identifier = { namespace: ["s3"], name: "flights" };
  const catalog = await RestCatalog.connect({ uri: catalogServer.uri });
  await catalog.createNamespace(identifier.namespace);
  const fields = [
    { id: fieldId(1), name: "id", required: true, type: { kind: "long" } },
    { id: fieldId(2), name: "origin", required: false, type: { kind: "string" } },
  ] as const;
  const schema = { schemaId: schemaId(0), identifierFieldIds: [], fields };
  const files = (loaded: Parameters<typeof tableFileIO>[0]) => tableFileIO(loaded, { properties: s3.properties });
  const table = await createTable(catalog, identifier, { schema }, files);
  const file = await writeRowFile(table, [{ id: 1n, origin: "SFO" }], "p=a%2Fb/1+1.parquet");
  await table.newTransaction().fastAppend([file]).commit();

  const request = { uri: catalogServer.uri, properties: s3.properties, table: "s3.flights" };
  expect(await python("read", request)).toEqual({ files: 1, rows: [["1", "SFO"]] });
  await python("append", { ...request, rows: [{ id: "2", origin: "JFK" }] });
  const { tasks } = await (await loadTable(catalog, identifier, files)).scan().plan();
  const rows = await Promise.all(tasks.map(({ dataFile }) => readRowFile(table, dataFile)));
  expect(
    rows
      .flat()
      .map(({ id, origin }) => [id, origin])
      .sort(),
  ).toEqual([
    [1n, "SFO"],
    [2n, "JFK"],
  ]);
});
