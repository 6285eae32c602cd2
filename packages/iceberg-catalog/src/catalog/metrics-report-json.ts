import type { Predicate } from "../expr/predicate.ts";
import type { JsonObject, JsonValue } from "../spec/json.ts";
import type { CommitMetrics, MetricsReport, ScanMetrics } from "./metrics-report.ts";
import { identifierToString, type TableIdentifier } from "./table-identifier.ts";

/** A report as the REST protocol has it (`ReportMetricsRequest`). */
export function metricsReportToJson(table: TableIdentifier, report: MetricsReport): JsonObject {
  const name = { "table-name": identifierToString(table) };
  switch (report.kind) {
    case "scan":
      return { "report-type": "scan-report", ...name, ...scanToJson(report) };
    case "commit":
      return { "report-type": "commit-report", ...name, ...commitToJson(report) };
  }
}

function scanToJson({ snapshotId, schema, filter, report, durationMs }: ScanMetrics): JsonObject {
  const { manifests, files, bytes } = report;
  return {
    "snapshot-id": snapshotId,
    filter: filterToJson(filter),
    "schema-id": BigInt(schema.schemaId),
    "projected-field-ids": schema.fields.map(({ id }) => BigInt(id)),
    "projected-field-names": schema.fields.map(({ name }) => name),
    metrics: {
      "total-planning-duration": timer(durationMs),
      "result-data-files": counter(files.kept),
      "skipped-data-files": counter(files.pruned),
      "total-data-manifests": counter(manifests.total),
      "skipped-data-manifests": counter(manifests.skipped),
      "scanned-data-manifests": counter(manifests.total - manifests.skipped),
      "total-file-size-in-bytes": { unit: "bytes", value: bytes.kept },
    },
  };
}

/** Counters of the snapshot's summary that are metrics by another name. */
const summaryCounters: Readonly<Record<string, readonly [metric: string, unit: "count" | "bytes"]>> = {
  "added-data-files": ["added-data-files", "count"],
  "deleted-data-files": ["removed-data-files", "count"],
  "total-data-files": ["total-data-files", "count"],
  "added-delete-files": ["added-delete-files", "count"],
  "removed-delete-files": ["removed-delete-files", "count"],
  "total-delete-files": ["total-delete-files", "count"],
  "added-records": ["added-records", "count"],
  "deleted-records": ["removed-records", "count"],
  "total-records": ["total-records", "count"],
  "added-files-size": ["added-files-size-bytes", "bytes"],
  "removed-files-size": ["removed-files-size-bytes", "bytes"],
  "total-files-size": ["total-files-size-bytes", "bytes"],
};

function commitToJson({ snapshot, attempts, durationMs }: CommitMetrics): JsonObject {
  const counters = Object.entries(summaryCounters).flatMap(([name, [metric, unit]]) => {
    const text = snapshot.summary.properties[name];
    return text !== undefined && /^\d+$/.test(text) ? [[metric, { unit, value: BigInt(text) }] as const] : [];
  });
  return {
    "snapshot-id": snapshot.snapshotId,
    "sequence-number": snapshot.sequenceNumber,
    operation: snapshot.summary.operation,
    metrics: { "total-duration": timer(durationMs), attempts: counter(attempts), ...Object.fromEntries(counters) },
  };
}

function counter(value: number): JsonObject {
  return { unit: "count", value: BigInt(value) };
}

/** One duration, in the unit that the reference implementation reports. */
function timer(milliseconds: number): JsonObject {
  return { count: 1n, "time-unit": "nanoseconds", "total-duration": BigInt(Math.round(milliseconds * 1e6)) };
}

/** The filter without its values: they may be secrets, and say little to those who read reports. */
function filterToJson(filter: Predicate): JsonValue {
  switch (filter.op) {
    case "true":
      return true;
    case "false":
      return false;
    case "and":
    case "or":
      return { type: filter.op, left: filterToJson(filter.left), right: filterToJson(filter.right) };
    case "not":
      return { type: "not", child: filterToJson(filter.child) };
    case "is-null":
    case "not-null":
    case "is-nan":
    case "not-nan":
      return { type: filter.op, term: filter.column };
    case "in":
    case "not-in":
      return { type: filter.op, term: filter.column, values: filter.values.map(() => sanitized) };
    default:
      return { type: filter.op, term: filter.column, value: sanitized };
  }
}

const sanitized = "(value)";
