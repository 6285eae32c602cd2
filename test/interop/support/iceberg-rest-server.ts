import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { freePort } from "./free-port.ts";
import { type JavaServer, startJava } from "./java.ts";
import type { ForeignS3 } from "./s3-server.ts";

/** Starts the REST catalog of the Java reference, over SQLite, with its tables on the local disk or in the given S3. */
export async function startIcebergRestServer(s3?: ForeignS3): Promise<JavaServer> {
  const folder = await mkdtemp(join(tmpdir(), "icecore-java-"));
  const port = await freePort();
  const uri = `http://127.0.0.1:${port}`;
  const env = {
    CATALOG_WAREHOUSE: `file://${folder}/warehouse`,
    CATALOG_URI: `jdbc:sqlite:${folder}/catalog.db`,
    CATALOG_REST_PORT: String(port),
    CATALOG_CLIENTS: "1",
    ...(s3 !== undefined && inS3(s3)),
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

/** Java's settings for tables in S3, by the names of its environment variables: `__` is a hyphen, `_` a dot. */
function inS3({ bucket, properties }: ForeignS3): Readonly<Record<string, string>> {
  const settings = {
    warehouse: `s3://${bucket}/java`,
    "io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
    "client.region": String(properties["s3.region"]),
    ...properties,
  };
  const variable = (name: string) => `CATALOG_${name.replaceAll("-", "__").replaceAll(".", "_").toUpperCase()}`;
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [variable(name), value]));
}
