import type { RecordBatch } from "apache-arrow";
import type { Context } from "hono";
import { accepts } from "hono/accepts";
import type { ResultFormat } from "../output/result-format.ts";
import { resultPieces } from "../output/result-pieces.ts";
import { temporaryDirectory } from "../output/temporary-directory.ts";
import type { HttpEnv } from "./failure.ts";
import { pulledBody } from "./pulled-body.ts";
import { requestSignal } from "./request-signal.ts";
import type { Slots } from "./slots.ts";

/** The media types that rows are answered in. */
const mediaTypes: Readonly<Record<string, ResultFormat>> = {
  "application/json": "json",
  "application/vnd.apache.arrow.stream": "arrow",
  "application/vnd.apache.parquet": "parquet",
  "text/csv": "csv",
};

/** Those that are not JSON. */
export const otherFormats = Object.keys(mediaTypes).filter((type) => type !== "application/json");

/** Rows that have been computed, which are there until they are disposed of. */
export interface OpenResult extends AsyncDisposable {
  /** What the answer says beside the rows. */
  readonly headers?: Readonly<Record<string, string>>;
  batches(): AsyncIterable<RecordBatch>;
  write(path: string): Promise<void>;
}

/**
 * Answers with rows in the format that `Accept` prefers, else in `fallback`. `open` computes them, and is given a directory
 * that they may be written to; it has a turn at heavy work until the last piece is read. The first piece is made before the
 * answer begins, so that what goes wrong until then is an error with a status; what goes wrong later breaks the connection
 * off, and half a result never looks like a whole one.
 */
export async function resultResponse(
  c: Context<HttpEnv>,
  slots: Slots,
  fallback: keyof typeof mediaTypes,
  open: (outputDirectory: string) => Promise<OpenResult>,
): Promise<Response> {
  const type = accepts(c, { header: "Accept", supports: Object.keys(mediaTypes), default: fallback });
  const directory = await temporaryDirectory();
  let result: OpenResult | undefined;
  let endTurn: (() => void) | undefined;
  const close = async () => {
    await result?.[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
    endTurn?.();
  };
  try {
    endTurn = await slots.take(requestSignal(c));
    result = await open(directory.path);
    const pieces = resultPieces(result, mediaTypes[type] ?? "json", directory.path);
    const first = await pieces.next();
    const body = pulledBody(startingWith(first, pieces, close), close) as ReadableStream;
    return c.body(body, 200, { "content-type": type, ...result.headers });
  } catch (error) {
    await close();
    throw error;
  }
}

async function* startingWith<T>(
  first: IteratorResult<T, void>,
  rest: AsyncIterable<T>,
  close: () => Promise<void>,
): AsyncGenerator<T> {
  try {
    if (first.done !== true) yield first.value;
    yield* rest;
  } finally {
    await close();
  }
}
