import { createReadStream } from "node:fs";
import { join } from "node:path";
import type { RecordBatch } from "apache-arrow";
import { arrowStream } from "./arrow-stream.ts";
import { jsonArray } from "./json-rows.ts";
import type { ResultFormat } from "./result-format.ts";

/** Rows that can be read as batches, or be written to a file whose name says the format. */
interface Result {
  batches(): AsyncIterable<RecordBatch>;
  write(path: string): Promise<void>;
}

/**
 * A result as pieces of bytes or text, made as they are asked for. What DuckDB writes whole goes through a file of
 * `directory`, so that no format is held in memory.
 */
export async function* resultPieces(
  result: Result,
  format: ResultFormat,
  directory: string,
): AsyncGenerator<Uint8Array | string> {
  switch (format) {
    case "json":
      yield* jsonArray(result.batches());
      return;
    case "arrow":
      yield* arrowStream(result.batches());
      return;
    case "csv":
    case "parquet": {
      const path = join(directory, `result.${format}`);
      await result.write(path);
      for await (const piece of createReadStream(path)) yield piece as Buffer;
      return;
    }
    default:
      format satisfies never;
  }
}
