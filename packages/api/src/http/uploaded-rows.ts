import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { isKnownError } from "../errors.ts";
import { statusOf } from "./errors.ts";
import { failure, type HttpEnv, refuse } from "./failure.ts";

/** What a body of rows is called on disk, by its media type. */
export const rowMediaTypes: Readonly<Record<string, string>> = {
  "application/vnd.apache.parquet": ".parquet",
  "application/vnd.apache.arrow.stream": ".arrow",
  "application/vnd.apache.arrow.file": ".arrow",
  "text/csv": ".csv",
  "application/x-ndjson": ".ndjson",
  "application/jsonl": ".ndjson",
};

/** Whether the body of a request is rows, by its content type. */
export function isRowUpload(c: Context<HttpEnv>): boolean {
  return mediaType(c) in rowMediaTypes;
}

/**
 * Streams a body of rows into a file of the directory, and gives its path. A content type that is not one of rows is answered
 * with 415, and a body beyond the limit with 413.
 */
export async function saveRows(c: Context<HttpEnv>, directory: string, limitBytes: number): Promise<string> {
  const extension = rowMediaTypes[mediaType(c)];
  if (extension === undefined) {
    const known = Object.keys(rowMediaTypes).join(", ");
    return refuse(c, 415, "BODY_MALFORMED", `rows are sent as one of ${known}; say which in content-type`);
  }
  const path = join(directory, `body${extension}`);
  const body = c.req.raw.body as ReadableStream<Uint8Array> | null;
  await pipeline(
    body === null ? Readable.from([]) : Readable.fromWeb(body),
    limit(c, limitBytes),
    createWriteStream(path),
  );
  return path;
}

function limit(c: Context<HttpEnv>, limitBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Uint8Array, _, callback) {
      bytes += chunk.byteLength;
      if (bytes <= limitBytes) return callback(null, chunk);
      const message = `the body is larger than ${limitBytes} bytes; send it in parts`;
      return callback(new HTTPException(413, { res: failure(c, 413, "BODY_TOO_LARGE", message) }));
    },
  });
}

function mediaType(c: Context<HttpEnv>): string {
  return (c.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

/**
 * Runs work on a file that callers know by another name, which messages of foreseen errors say. A file that cannot be read is
 * the caller's fault.
 */
export async function called<T>(
  c: Context<HttpEnv>,
  name: string,
  path: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (path === undefined || !isKnownError(error) || !error.message.includes(path)) throw error;
    const message = error.message.replaceAll(path, name);
    return refuse(c, error.code === "FILE_INVALID" ? 400 : statusOf(error), error.code, message);
  }
}
