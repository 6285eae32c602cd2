import { beforeEach, describe, expect, test } from "vitest";
import type { Predicate } from "../expr/predicate.ts";
import type { ScanPlanned } from "../scan/scan-source.ts";
import { TableScan } from "../scan/table-scan.ts";
import { createCatalogApp } from "../server/http/app.ts";
import { fieldId, schemaId, snapshotId } from "../spec/ids.ts";
import { parseJson } from "../spec/json.ts";
import { createTable } from "../table.ts";
import { inMemoryContext } from "../testing/in-memory-context.ts";
import { TestEnvironment } from "../testing/test-environment.ts";
import { dataFile } from "../testing/test-table.ts";
import { metricsReportToJson } from "./metrics-report-json.ts";
import { RestCatalog } from "./rest/rest-catalog.ts";

const identifier = { namespace: ["n"], name: "t" };
const schema = {
  schemaId: schemaId(0),
  identifierFieldIds: [],
  fields: [
    { id: fieldId(1), name: "id", required: true, type: { kind: "long" } },
    { id: fieldId(2), name: "carrier", required: false, type: { kind: "string" } },
  ],
} as const;
const partitionSpec = { fields: [{ sourceId: fieldId(2), name: "carrier", transform: { kind: "identity" } }] } as const;

let reports: unknown[];
let answer: () => Promise<Response>;
beforeEach(() => {
  reports = [];
  answer = async () => new Response(null, { status: 204 });
});

async function openTable(properties: Record<string, string>) {
  const context = inMemoryContext();
  const app = createCatalogApp(context);
  const catalog = await RestCatalog.connect({
    uri: "http://c",
    properties,
    fetch: async (request) => {
      if (!request.url.endsWith("/metrics")) return app.fetch(request);
      reports.push(parseJson(await request.text()));
      return answer();
    },
  });
  await catalog.createNamespace(["n"]);
  return createTable(catalog, identifier, { schema, partitionSpec }, context.io);
}

const reporting = { "rest-metrics-reporting-enabled": "true" };

describe("metrics", () => {
  test("are reported of commits and scans", async () => {
    const table = await openTable(reporting);
    const after = await table
      .newTransaction()
      .fastAppend([dataFile("a", "AA"), dataFile("b", "UA")])
      .commit();
    const { snapshotId } = await after.scan({ filter: { op: "eq", column: "carrier", value: "secret" } }).plan();
    await expect.poll(() => reports).toHaveLength(2);
    expect(reports).toMatchObject([
      {
        "report-type": "commit-report",
        "table-name": "n.t",
        "snapshot-id": snapshotId,
        operation: "append",
        metrics: { attempts: { unit: "count", value: 1n }, "added-data-files": { unit: "count", value: 2n } },
      },
      {
        "report-type": "scan-report",
        "snapshot-id": snapshotId,
        filter: { type: "eq", term: "carrier", value: "(value)" },
        "projected-field-names": ["id", "carrier"],
        metrics: { "result-data-files": { unit: "count", value: 0n } },
      },
    ]);
  });

  test("say how long it took, by the clock of who measures", async () => {
    const table = await openTable(reporting);
    const environment = new TestEnvironment();
    const after = await table
      .newTransaction(environment)
      .fastAppend([dataFile("a", "AA")])
      .commit();
    await expect.poll(() => reports).toHaveLength(1);
    const [{ metrics }] = reports as [{ metrics: Record<string, { "total-duration": bigint }> }];
    // Every look at that clock is a second later.
    const seconds = (metrics["total-duration"]?.["total-duration"] ?? 0n) / 1_000_000_000n;
    expect(metrics["total-duration"]).toEqual({
      count: 1n,
      "time-unit": "nanoseconds",
      "total-duration": seconds * 1_000_000_000n,
    });
    expect(seconds).toBeGreaterThan(0n);
    const clock = [1000, 1250.5];
    const planned: ScanPlanned[] = [];
    const observer = { now: () => clock.shift() ?? 0, planned: (plan: ScanPlanned) => void planned.push(plan) };
    await new TableScan({ metadata: after.metadata, io: after.io, observer }).plan();
    const [plan] = planned;
    if (plan === undefined) throw new Error("nothing was told");
    const report = metricsReportToJson(identifier, { kind: "scan", ...plan });
    expect(report["metrics"]).toMatchObject({
      "total-planning-duration": { count: 1n, "time-unit": "nanoseconds", "total-duration": 250_500_000n },
    });
  });

  test("that cannot be reported are nobody's failure, and nobody waits for it", async () => {
    const table = await openTable(reporting);
    answer = () => new Promise<Response>(() => undefined);
    const one = await table
      .newTransaction()
      .fastAppend([dataFile("a", "AA")])
      .commit();
    answer = async () => new Response("<html>", { status: 400 });
    const { tasks } = await one.scan().plan();
    answer = () => Promise.reject(new TypeError("lost"));
    await one.scan().plan();
    expect(tasks).toHaveLength(1);
    await expect.poll(() => reports).toHaveLength(3);
  });

  test("are kept to oneself where the catalog or the user says so", async () => {
    const table = await openTable({});
    await table
      .newTransaction()
      .fastAppend([dataFile("a", "AA")])
      .commit();
    expect(reports).toEqual([]);
  });
});

test("a filter is reported without its values", () => {
  const column = "carrier";
  const filter: Predicate = {
    op: "or",
    left: { op: "not", child: { op: "in", column, values: ["secret", "secret"] } },
    right: { op: "and", left: { op: "is-null", column }, right: { op: "true" } },
  };
  const report = {
    manifests: { total: 0, skipped: 0 },
    files: { kept: 0, pruned: 0 },
    bytes: { kept: 0n, pruned: 0n },
  };
  const json = metricsReportToJson(identifier, {
    kind: "scan",
    snapshotId: snapshotId(1n),
    schema,
    filter,
    report,
    durationMs: 1,
  });
  expect(json["filter"]).toEqual({
    type: "or",
    left: { type: "not", child: { type: "in", term: column, values: ["(value)", "(value)"] } },
    right: { type: "and", left: { type: "is-null", term: column }, right: true },
  });
});
