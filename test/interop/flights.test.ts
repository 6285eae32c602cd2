import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath, pathToFileURL } from "node:url";
import { RestCatalog } from "@icecore/iceberg-catalog";
import { startRedis } from "@icecore/online-sync/testing";
import { expect, inject, test } from "vitest";
import { startIcebergRestServer } from "./support/iceberg-rest-server.ts";
import { startForeignS3 } from "./support/s3-server.ts";

const demo = fileURLToPath(new URL("../../feature_repo/demo/main.ts", import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** Runs the demo, whole, in a process of its own, as `npm run demo` does. */
async function runDemo(directory: string, configuration: string) {
  const env = {
    ...process.env,
    ICECORE_DEMO_DIR: directory,
    ICECORE_DEMO_CONFIG: configuration,
    ICECORE_TEST_S3_SECRET: "test",
    NO_COLOR: "1",
  };
  const child = spawn(process.execPath, ["--conditions=@icecore/source", "--import", tsx, demo], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { exitCode: child.exitCode, stdout, stderr };
}

test("the demo goes through over a catalog, an S3 and a Redis that are not ours, by another feature_store.yaml alone", async () => {
  await using s3 = await startForeignS3("flights");
  await using server = await startIcebergRestServer(s3);
  await using redis = await startRedis(inject("redisServer"));
  const folder = await mkdtemp(join(tmpdir(), "icecore-flights-"));
  const [directory, configuration] = [join(folder, "demo"), join(folder, "given.yaml")];
  const { "s3.secret-access-key": _, ...properties } = s3.properties;
  const lines = Object.entries(properties).map(([name, value]) => `      ${name}: "${value}"\n`);
  await writeFile(
    configuration,
    `project: flights
offline_store:
  type: iceberg
  catalog:
    type: rest
    uri: ${server.uri}
    properties:
      s3.secret-access-key: "\${ICECORE_TEST_S3_SECRET}"
${lines.join("")}online_store:
  type: redis
  connection_string: "${redis.connectionString}"
`,
  );

  const { exitCode, stdout: printed, stderr } = await runDemo(directory, configuration);

  expect(exitCode, stderr).toBe(0);
  expect(printed).toContain(`The Iceberg REST catalog at ${server.uri}`);
  expect(printed).toContain("entities into the redis store");
  expect(printed).toMatch(/reproduced after a new month and a new feature: sha256:/);
  expect(printed).toMatch(/routes x 11 features served over HTTP equal the offline store/);
  expect(printed.match(/✓/g)).toHaveLength(10);
  expect(existsSync(join(directory, ".icecore"))).toBe(false);
  const catalog = await RestCatalog.connect({ uri: server.uri });
  const { metadata } = await catalog.loadTable({ namespace: ["flights"], name: "origin_delays" });
  expect(metadata.location).toMatch(/^s3:\/\/flights\/java\//);

  const again = await runDemo(directory, join(directory, "feature_store.yaml"));
  expect(again.exitCode).toBe(1);
  expect(again.stderr).toContain('the catalog has project "flights" already; take it away with icecore');
  await rm(folder, { recursive: true });
}, 600_000);
