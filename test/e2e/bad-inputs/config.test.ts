import { afterAll, beforeAll, expect, it } from "vitest";
import { driverRepo, type TestRepo } from "../../support/driver-repo.ts";
import { icecore } from "../../support/icecore.ts";

/** The text of `feature_store.yaml`, and what any command says of it. */
const cases: readonly (readonly [config: string, message: string])[] = [
  ["", "project is missing"],
  [
    "project: [",
    "Flow sequence in block collection must be sufficiently indented and end with a ] at line 1, column 11",
  ],
  ["- rides", "has to be of type object, and is array"],
  ["project: 5", "project: has to be of type string, and is number; write it in quotes"],
  ["project: my rides", "project: has to be letters, digits and _"],
  ["projct: rides", 'project is missing\nunknown key "projct" (did you mean "project"?)'],
  ["project: *name", "Unresolved alias (the anchor must be set before the alias): name"],
  [`project: $\{UNSET}`, "the environment variable UNSET is not set; set it, or write a value in its place"],
  [
    "project: rides\nregistry: { namespace: a..b }",
    "registry.namespace: has to be one or more names with dots between",
  ],
  [
    "project: rides\nregistry: { namespce: a }",
    'registry.namespace is missing\nunknown key "registry.namespce" (did you mean "namespace"?)',
  ],
  ["project: rides\noffline_store: { type: bigquery }", 'offline_store.type: Invalid input: expected "iceberg"'],
  ["project: rides\noffline_store: { threads: 0 }", "offline_store.threads: Too small: expected number to be >0"],
  [
    "project: rides\noffline_store: { catalog: { type: glue } }",
    "offline_store.catalog.type: is none of 'embedded' | 'rest'",
  ],
  ["project: rides\noffline_store: { catalog: { type: rest } }", "offline_store.catalog.uri is missing"],
  [
    "project: rides\noffline_store: { catalog: { type: rest, uri: polaris } }",
    "offline_store.catalog.uri: is no address; write it as https://host/path",
  ],
  [
    'project: rides\noffline_store: { catalog: { type: rest, uri: "https://me:secret@polaris/api" } }',
    "offline_store.catalog.uri: has a user in it; set credential instead",
  ],
  [
    'project: rides\noffline_store: { catalog: { type: rest, uri: "https://polaris/api", warehous: w } }',
    'unknown key "offline_store.catalog.warehous" (did you mean "warehouse"?)',
  ],
  [
    "project: rides\noffline_store: { query: { timeout: 90 } }",
    "offline_store.query.timeout: has to be of type string, and is number; write it in quotes",
  ],
  ["project: rides\noffline_store: { query: { timeout: soon } }", "offline_store.query.timeout: write 90s, 15m or 2h"],
  ["project: rides\nonline_store: { type: dynamo }", "online_store.type: is none of 'embedded' | 'redis'"],
  [
    "project: rides\nonline_store: { type: redis, conection_string: x }",
    'unknown key "online_store.conection_string" (did you mean "connection_string"?)',
  ],
  ["project: rides\nonline_store: { type: redis, layout: wide }", 'online_store.layout: is none of "feast"|"packed"'],
  [
    "project: rides\nfeature_server: { tokens: [{ name: a, role: reader }] }",
    "feature_server.tokens.0: give token or token_sha256",
  ],
  [
    "project: rides\nfeature_server: { tokens: [{ name: a, token: s, role: king }] }",
    'feature_server.tokens.0.role: is none of "reader"|"writer"|"admin"',
  ],
  [
    "project: rides\nfeature_server: { tokens: [{ name: a, token: s, role: admin, views: [v] }] }",
    "feature_server.tokens.0: an admin is kept to no views",
  ],
  [
    "project: rides\nfeature_server: { tokens: [{ name: a, token: s, role: reader }, { name: a, token: t, role: admin }] }",
    "feature_server.tokens: two tokens have the same name; logs could not tell them apart",
  ],
  [
    "project: rides\nfeature_server: { tokens: [{ name: a, token_sha256: abc, role: reader }] }",
    "feature_server.tokens.0.token_sha256: has to be 64 hexadecimal digits",
  ],
  [
    "project: rides\nprojct: a\nonline_store: { type: embedded, pth: x }",
    'unknown key "online_store.pth" (did you mean "path"?)\nunknown key "projct" (did you mean "project"?)',
  ],
];

let repo: TestRepo;
beforeAll(async () => {
  repo = await driverRepo();
});
afterAll(() => repo[Symbol.asyncDispose]());

it.each(cases)("%s", async (config, message) => {
  const path = await repo.write("feature_store.yaml", config);
  const { exitCode, stdout, stderr } = await icecore("--repo", repo.directory, "plan");
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr.replaceAll(`${path}: `, "").trimEnd()).toBe(`error: ${message}`);
});
