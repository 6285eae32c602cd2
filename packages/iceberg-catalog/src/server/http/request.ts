import type { Context } from "hono";
import { routePath } from "hono/route";
import type { SnapshotsMode } from "../../catalog/catalog.ts";
import type { Namespace, TableIdentifier } from "../../catalog/table-identifier.ts";
import { IcebergError, isIcebergError } from "../../errors.ts";
import { parseJson } from "../../spec/json.ts";
import { JsonReader } from "../../spec/json-reader.ts";

/** Between the levels of a namespace: the protocol's default. */
const levelSeparator = "\u001f";

/** Reads the body. @throws IcebergError `INVALID_ARGUMENT` for what is not JSON, or not the JSON that is wanted */
export async function readBody<T>(c: Context, parse: (json: JsonReader) => T): Promise<T> {
  const text = await c.req.text();
  try {
    return parse(new JsonReader(parseJson(text)));
  } catch (cause) {
    if (isIcebergError(cause) && cause.code !== "METADATA_INVALID") throw cause;
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new IcebergError("INVALID_ARGUMENT", `the request body is wrong: ${problem}`, { cause });
  }
}

export function namespaceInPath(c: Context): Namespace {
  return pathParameter(c, "namespace").split(levelSeparator);
}

export function tableInPath(c: Context): TableIdentifier {
  return { namespace: namespaceInPath(c), name: pathParameter(c, "table") };
}

/** The namespace in the query parameter `parent`; empty for the top. */
export function parentInQuery(c: Context): Namespace {
  const parent = c.req.query("parent") ?? "";
  return parent === "" ? [] : parent.split(levelSeparator);
}

/** @throws IcebergError `INVALID_ARGUMENT` */
export function snapshotsInQuery(c: Context): SnapshotsMode {
  const mode = c.req.query("snapshots")?.toLowerCase() ?? "all";
  if (mode === "all" || mode === "refs") return mode;
  throw new IcebergError("INVALID_ARGUMENT", `snapshots "${mode}" is neither all nor refs`);
}

/** @throws IcebergError `INVALID_ARGUMENT` */
export function purgeInQuery(c: Context): boolean {
  const text = c.req.query("purgeRequested")?.toLowerCase() ?? "false";
  if (text === "true" || text === "false") return text === "true";
  throw new IcebergError("INVALID_ARGUMENT", `purgeRequested "${text}" is neither true nor false`);
}

/** Reports are taken for those who cannot be told not to send them. */
export function checkMetricsReport(json: JsonReader): void {
  const type = json.field("report-type").string();
  if (type !== "scan-report" && type !== "commit-report") throw json.invalid(`"${type}" is no kind of report`);
}

/** Taken from the raw path, because some clients write a space as `+` there, which only they ever do. */
function pathParameter(c: Context, name: string): string {
  const segments = new URL(c.req.raw.url).pathname.split("/");
  const raw = segments[routePath(c).split("/").indexOf(`:${name}`)] ?? "";
  try {
    return decodeURIComponent(raw.replaceAll("+", " "));
  } catch (cause) {
    throw new IcebergError("INVALID_ARGUMENT", `"${raw}" in the path is not URL-encoded`, { cause });
  }
}
