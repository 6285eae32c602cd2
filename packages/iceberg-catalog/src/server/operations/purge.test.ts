import { expect, test } from "vitest";
import { inMemoryContext } from "../../testing/in-memory-context.ts";
import { appendCommit, driversTable } from "../../testing/sample-commits.ts";
import { commitTables } from "./commit-tables.ts";
import { createNamespace } from "./namespaces.ts";
import { createTable, dropTable } from "./tables.ts";

const identifier = { namespace: ["n"], name: "t" };

async function tableWithASnapshot(properties: Record<string, string>) {
  const context = inMemoryContext();
  await createNamespace(context, ["n"], {});
  const created = await createTable(context, identifier, { ...driversTable, properties });
  const manifestList = `${created.metadata.location}/metadata/snap-1.avro`;
  await context.io.write(manifestList, Uint8Array.of(1));
  const [committed] = await commitTables(context, [{ identifier, ...appendCommit(created.metadata, 1n) }]);
  const files = [created.metadataLocation, manifestList, committed?.metadataLocation ?? ""];
  const remaining = async () =>
    (await Promise.all(files.map((file) => context.io.exists(file)))).filter(Boolean).length;
  return { context, remaining };
}

test("purging deletes manifest lists and all metadata files", async () => {
  const { context, remaining } = await tableWithASnapshot({});
  expect(await remaining()).toBe(3);
  await dropTable(context, identifier, { purge: true });
  expect(await remaining()).toBe(0);
});

test("dropping alone deletes no file", async () => {
  const { context, remaining } = await tableWithASnapshot({});
  await dropTable(context, identifier, { purge: false });
  expect(await remaining()).toBe(3);
});

test("files that may be shared are not purged", async () => {
  const { context, remaining } = await tableWithASnapshot({ "gc.enabled": "false" });
  await dropTable(context, identifier, { purge: true });
  expect(await remaining()).toBe(3);
});
