import { type JsonValue, stringifyJson } from "@icecore/iceberg-catalog";
import type { Context } from "hono";

/** Answers with JSON whose bigints are written as the numbers they are. */
export function jsonAnswer(c: Context, value: JsonValue): Response {
  return c.body(stringifyJson(value), 200, { "content-type": "application/json" });
}
