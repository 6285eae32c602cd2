import fc from "fast-check";
import type { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { createTableRequestToJson } from "../../catalog/create-table-request-json.ts";
import { tableCommitToJson } from "../../catalog/table-commit-json.ts";
import { snapshotId, timestampMs } from "../../spec/ids.ts";
import { type JsonObject, type JsonValue, parseJson, stringifyJson } from "../../spec/json.ts";
import { newTableMetadata } from "../../spec/table-metadata-new.ts";
import { inMemoryContext } from "../../testing/in-memory-context.ts";
import { appendCommit, creationCommit, driversTable } from "../../testing/sample-commits.ts";
import { createCatalogApp } from "./app.ts";

const template = newTableMetadata({ ...driversTable, location: "memory://warehouse/t" }, "uuid", timestampMs(1));
const creation = tableCommitToJson(creationCommit(template));
const change = tableCommitToJson({
  requirements: [
    { type: "assert-ref-snapshot-id", ref: "main", snapshotId: null },
    { type: "assert-last-assigned-field-id", lastAssignedFieldId: 2 },
  ],
  updates: [
    { action: "set-properties", updates: { a: "b" } },
    { action: "remove-properties", removals: ["a"] },
    ...appendCommit(template, 5n).updates,
    { action: "set-statistics", statistics: { "snapshot-id": 5n, "statistics-path": "p" } },
    { action: "remove-snapshots", snapshotIds: [snapshotId(7n)] },
    ...creationCommit(template).updates.slice(2, 8),
  ],
});
/** Where {@link openCatalog} puts the metadata of its table. */
const metadataLocation = "memory://warehouse/n/t/metadata/00000-00000002-0000-4000-8000-000000000000.metadata.json";
const identifier = { namespace: ["n"], name: "t" };

/** A sound body for each operation that takes one. */
const bodies: readonly (readonly [method: string, path: string, body: JsonValue])[] = [
  ["POST", "/v1/namespaces", { namespace: ["m"], properties: { a: "b" } }],
  ["POST", "/v1/namespaces/n/properties", { updates: { a: "b" }, removals: ["c"] }],
  ["POST", "/v1/namespaces/n/tables", { name: "u", ...createTableRequestToJson(driversTable) }],
  ["POST", "/v1/namespaces/n/register", { name: "t", "metadata-location": metadataLocation, overwrite: true }],
  ["POST", "/v1/namespaces/n/tables/u", creation],
  ["POST", "/v1/namespaces/n/tables/t", change],
  ["POST", "/v1/namespaces/n/tables/t/metrics", { "report-type": "scan-report" }],
  ["POST", "/v1/tables/rename", { source: identifier, destination: { ...identifier, name: "v" } }],
  ["POST", "/v1/transactions/commit", { "table-changes": [{ identifier, ...change }] }],
];

async function openCatalog(): Promise<Hono> {
  const app = createCatalogApp(inMemoryContext());
  await app.request("/v1/namespaces", { method: "POST", body: '{"namespace":["n"]}' });
  const body = stringifyJson({ name: "t", ...createTableRequestToJson(driversTable) });
  await app.request("/v1/namespaces/n/tables", { method: "POST", body });
  return app;
}

/** Success, or a refusal in the form that the protocol says; never a failure. */
async function expectAnswer(path: string, init?: RequestInit, app?: Hono): Promise<void> {
  const catalog = app ?? (await openCatalog());
  const response = await catalog.request(path, init);
  const text = await response.text();
  expect(response.status, `${init?.method} ${path}: ${String(init?.body).slice(0, 500)} => ${text}`).toBeLessThan(500);
  if (response.status < 400 || init?.method === "HEAD") return;
  const { error } = JSON.parse(text);
  expect(error).toEqual({ message: expect.any(String), type: expect.stringMatching(/^\w+$/), code: response.status });
}

/** Every place in a value: as the keys that lead there. */
function paths(value: JsonValue): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [[]];
  return [
    [],
    ...Object.entries(value).flatMap(([key, item]) => paths(item as JsonValue).map((path) => [key, ...path])),
  ];
}

function replaced(value: JsonValue, [key, ...rest]: readonly string[], by: JsonValue | undefined): JsonValue {
  if (key === undefined) return by ?? null;
  const inner = (value as JsonObject)[key] as JsonValue;
  const changed = rest.length === 0 && by === undefined ? undefined : replaced(inner, rest, by);
  if (Array.isArray(value))
    return value.flatMap((item, i) => (String(i) === key ? (changed === undefined ? [] : [changed]) : [item]));
  return { ...(value as JsonObject), [key]: changed };
}

const jsonValue: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }).map((value) => parseJson(JSON.stringify(value))),
  fc.bigInt().map((value): JsonValue => value),
  fc.constantFrom<JsonValue>(
    "",
    ".",
    "..",
    "\0",
    "__proto__",
    "x".repeat(5000),
    -1n,
    2n ** 63n,
    1e308,
    "bucket[0]",
    "truncate[-1]",
    "decimal(99,99)",
  ),
);

describe("whatever the body is, the answer is an answer", () => {
  for (const [method, path, body] of bodies) {
    test(`${method} ${path}, as it should be`, async () => {
      const response = await (await openCatalog()).request(path, { method, body: stringifyJson(body) });
      expect(response.status, await response.text()).toBeLessThan(300);
    });

    test(`${method} ${path}, with one place changed`, async () => {
      const place = fc.constantFrom(...paths(body));
      await fc.assert(
        fc.asyncProperty(place, fc.option(jsonValue, { nil: undefined }), async (where, by) => {
          await expectAnswer(path, { method, body: stringifyJson(replaced(body, where, by)) });
        }),
        { numRuns: 300 },
      );
    });

    test(`${method} ${path}, that is no JSON, or other JSON, or no text`, async () => {
      const text = stringifyJson(body);
      const bytes = fc.oneof(
        fc.nat(text.length).map((length) => text.slice(0, length)),
        fc.string(),
        fc.uint8Array({ maxLength: 200 }),
        jsonValue.map((value) => stringifyJson(value)),
        fc.constantFrom(
          `${"[".repeat(100_000)}`,
          `{"a":${"[".repeat(5000)}${"]".repeat(5000)}}`,
          `\ufeff${text}`,
          "1e999999999",
          "-",
        ),
      );
      await fc.assert(
        fc.asyncProperty(bytes, (body) => expectAnswer(path, { method, body: body as string })),
        { numRuns: 100 },
      );
    });
  }
});

test("whatever the path and the query are, the answer is an answer", async () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom("n", "t", "%", "%ff", "%00", "..", "%2e%2e", "\u001f", "%1F", "x".repeat(3000)),
  );
  const segment = piece.map((text) => text.replaceAll(/[?#/\\]/g, "_"));
  const path = fc
    .tuple(
      fc.constantFrom("GET", "HEAD", "DELETE", "POST"),
      fc.constantFrom("", "/tables", "/register", "/properties"),
      segment,
      segment,
    )
    .map(([method, middle, namespace, table]) => ({ method, path: `/v1/namespaces/${namespace}${middle}/${table}` }));
  const parameter = fc.constantFrom("pageToken", "pageSize", "parent", "snapshots", "purgeRequested");
  await fc.assert(
    fc.asyncProperty(path, parameter, piece, async ({ method, path: asked }, name, value) => {
      const encoded = encodeURI(asked).replaceAll("%25", "%");
      await expectAnswer(`${encoded}?${name}=${encodeURIComponent(value)}`, {
        method,
      });
      await expectAnswer(`/v1/namespaces?${name}=${encodeURIComponent(value)}`);
      await expectAnswer(`/v1/namespaces/n/tables?${name}=${encodeURIComponent(value)}`);
    }),
    { numRuns: 300 },
  );
});

test("a body that does not end is not waited for", async () => {
  const piece = new Uint8Array(1024 ** 2).fill(32);
  const body = new ReadableStream({ pull: (stream) => stream.enqueue(piece) });
  const response = await (await openCatalog()).request("/v1/namespaces", {
    method: "POST",
    body,
    duplex: "half",
  } as RequestInit);
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ error: { type: "BadRequestException", code: 413 } });
});
