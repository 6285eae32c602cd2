import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createHttpApp, openFeatureStore, serveHttp } from "@icecore/api";
import { expect, it } from "vitest";
import { driverRepo, driverRows } from "../support/driver-repo.ts";
import { icecoreOk } from "../support/icecore.ts";
import { virtualEnvironment } from "../support/python-environment.ts";

const requirements = fileURLToPath(new URL("./requirements-schemathesis.txt", import.meta.url));

/** What must hold of every answer, whatever the request. */
const checks = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_schema_conformance",
  "response_headers_conformance",
  "ignored_auth",
  "unsupported_method",
];

it("every request that the OpenAPI document allows, and many that it does not, is answered as it says", async () => {
  const schemathesis = join(dirname(virtualEnvironment(requirements)), "schemathesis");
  await using repo = await driverRepo();
  const ok = (...args: string[]) => icecoreOk("--repo", repo.directory, ...args);
  await ok("apply");
  await ok("ingest", "driver_hourly_stats", await repo.parquet("day.parquet", driverRows("2026-01-01 00:00:00+00")));
  await ok("materialize");
  const config = await repo.write("schemathesis.toml", `[parameters]\n"path.name" = "driver_hourly_stats"\n`);
  await using store = await openFeatureStore({ repo: repo.directory });
  const failures: unknown[] = [];
  const log = (record: { readonly status: number }) => void (record.status >= 500 && failures.push(record));
  const server = await serveHttp(createHttpApp(store, { token: "secret", log }), { port: 0 });
  try {
    const options = [
      "--checks",
      checks.join(","),
      "--max-examples",
      "25",
      "--seed",
      "1",
      "--suppress-health-check",
      "all",
    ];
    const { stdout } = await promisify(execFile)(
      schemathesis,
      [
        "--config-file",
        config,
        "run",
        `${server.url}/openapi.json`,
        "--header",
        "Authorization: Bearer secret",
        ...options,
      ],
      { cwd: repo.directory, maxBuffer: 64 * 1024 ** 2 },
    ).catch((error: { readonly stdout: string }) => ({ stdout: error.stdout }));
    expect(failures).toEqual([]);
    expect(stdout, stdout.slice(-10_000)).toMatch(/\d+ generated, \d+ passed/);
    expect(stdout).not.toMatch(/\d+ unique failures/);
  } finally {
    await server.close();
  }
}, 600_000);
