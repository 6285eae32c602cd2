import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { openEmbeddedCatalog } from "@icecore/iceberg-catalog/server";
import { expect, inject, test } from "vitest";
import { runJava } from "./support/java.ts";

/** Where the kit puts its tables, whatever the catalog would like. */
const kitFolder = "/tmp";

/** What this catalog does not take on: only tests that fail for this reason may fail. */
const unsupported = "format version 3 is not supported";

test("the embedded catalog passes the REST compatibility kit of the Java reference", async () => {
  const before = new Set(await readdir(kitFolder));
  const folder = await mkdtemp(join(kitFolder, "icecore-rck-"));
  const embedded = await openEmbeddedCatalog({ path: folder, warehouse: kitFolder });
  const server = createAdaptorServer({ fetch: embedded.app.fetch });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;

  const output = await runKit(`http://127.0.0.1:${port}`, folder);

  const report = await readFile(join(folder, "TEST-junit-jupiter.xml"), "utf8").catch(() => "");
  const cases = report.match(/<testcase [\s\S]*?<\/testcase>/g) ?? [];
  const failed = cases.filter((text) => text.includes("<failure") || text.includes("<error"));
  const skipped = cases.filter((text) => text.includes("<skipped"));
  console.info(
    `compatibility kit: ${cases.length} tests, ${failed.length} not applicable (${unsupported}), ${skipped.length} skipped by itself`,
  );
  expect(cases.length, output.slice(-4000)).toBeGreaterThan(100);
  expect(failed.filter((text) => !text.includes(unsupported))).toEqual([]);
  expect(failed.map(nameOf).sort()).toEqual([
    "createTableTransaction(int)[3]",
    "testCreateTableWithDefaultColumnValue()",
  ]);

  await new Promise((done) => server.close(done));
  await embedded.close();
  const made = (await readdir(kitFolder)).filter((name) => kitNamespaces.includes(name) && !before.has(name));
  for (const name of [folder, ...made.map((each) => join(kitFolder, each))]) await rm(name, { recursive: true });
});

/** Views are not for now, so neither is the suite's other class. */
function runKit(uri: string, reports: string): Promise<string> {
  const properties = {
    "rck.local": "false",
    "rck.requires-namespace-create": "true",
    "rck.supports-names-with-dot": "true",
    uri,
    warehouse: "kit",
  };
  return runJava([
    ...Object.entries(properties).map(([name, value]) => `-D${name}=${value}`),
    "-cp",
    inject("icebergClassPath"),
    "org.junit.platform.console.ConsoleLauncher",
    "execute",
    "--select-class=org.apache.iceberg.rest.RESTCompatibilityKitCatalogTests",
    "--disable-banner",
    "--details=summary",
    `--reports-dir=${reports}`,
  ]);
}

const kitNamespaces = ["a", "ns", "ns_1", "ns_2", "newdb", "non-existing"];

function nameOf(testcase: string): string {
  return /name="([^"]*)"/.exec(testcase)?.[1] ?? "";
}
