import { type JsonValue, parseJson } from "@icecore/iceberg-catalog";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { z } from "zod";
import { type HttpEnv, refuse } from "./failure.ts";

/** The largest body that is read, in bytes: some hundred thousand entities. */
export const bodyLimitBytes = 16 * 1024 * 1024;

/**
 * Reads a JSON body, whatever its content type says: Feast's own client sends none. Whole numbers are bigints, so that
 * 64-bit keys survive. Text that is no JSON is answered with 400, and JSON of another shape with 422 in FastAPI's form.
 */
export async function readBody<T extends z.ZodType>(
  c: Context<HttpEnv>,
  schema: T,
  parse: (text: string) => JsonValue = parseJson,
): Promise<z.output<T>> {
  return validated(c, schema, "body", parseBody(c, await c.req.text(), parse));
}

/** Whole numbers are bigints only in a text that has some of more digits than a number can hold; several times faster. */
export function parseJsonNumbers(text: string): JsonValue {
  return /\d{16}/.test(text) ? parseJson(text) : JSON.parse(text);
}

/** Reads the parameters of a query string, each given once. Others are answered with 422 in FastAPI's form. */
export function readQuery<T extends z.ZodType>(c: Context<HttpEnv>, schema: T): z.output<T> {
  return validated(c, schema, "query", c.req.query());
}

type Part = "body" | "query";

function validated<T extends z.ZodType>(c: Context<HttpEnv>, schema: T, part: Part, given: unknown): z.output<T> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const detail = parsed.error.issues.map((issue) => describeIssue(part, given, issue));
  throw new HTTPException(422, { res: c.json({ detail }, 422) });
}

function parseBody(c: Context<HttpEnv>, text: string, parse: (text: string) => JsonValue): JsonValue {
  try {
    return parse(text);
  } catch (error) {
    // A RangeError is a text that nests deeper than the parser's stack: the caller's fault as much.
    const problem = error instanceof SyntaxError ? error.message : "it is nested too deeply";
    return refuse(c, 400, "BODY_MALFORMED", `the body is no JSON: ${problem}`);
  }
}

/** An issue as FastAPI tells it. */
interface IssueDetail {
  readonly loc: readonly PropertyKey[];
  readonly msg: string;
  readonly type: string;
}

function describeIssue(part: Part, given: unknown, issue: z.core.$ZodIssue): IssueDetail {
  const loc = [part, ...issue.path];
  if (issue.code === "invalid_type" && valueAt(given, issue.path) === undefined) {
    return { loc, msg: "Field required", type: "missing" };
  }
  return { loc, msg: issue.message, type: issue.code === "custom" ? "value_error" : issue.code };
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], body);
}
