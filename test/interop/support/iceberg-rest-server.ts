import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { freePort } from "./free-port.ts";
import { type JavaServer, startJava } from "./java.ts";

/** Starts the REST catalog of the Java reference, over SQLite, with its tables on the local disk. */
export async function startIcebergRestServer(): Promise<JavaServer> {
  const folder = await mkdtemp(join(tmpdir(), "icecore-java-"));
  const port = await freePort();
  const uri = `http://127.0.0.1:${port}`;
  const env = {
    CATALOG_WAREHOUSE: `file://${folder}/warehouse`,
    CATALOG_URI: `jdbc:sqlite:${folder}/catalog.db`,
    CATALOG_REST_PORT: String(port),
    CATALOG_CLIENTS: "1",
  };
  const args = ["-cp", inject("icebergClassPath"), "org.apache.iceberg.rest.RESTCatalogServer"];
  const server = await startJava({ args, env }, uri, async () => (await fetch(`${uri}/v1/config`)).ok);
  return {
    uri,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}
