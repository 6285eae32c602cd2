import type { DuckDBDataChunk, DuckDBResult } from "@duckdb/node-api";
import { makeData, RecordBatch, Schema, Struct } from "apache-arrow";
import { columnBuilder } from "./arrow-builders.ts";

/** Rows per batch: large enough that a batch's overhead is nothing, small enough that a few fit anywhere. */
const batchRows = 65_536;
/** The first batches have fewer, each twice as many as the one before: who takes them has something to do at once. */
const firstBatchRows = 8_192;

/** Streams a result as Arrow record batches. Column types must be ones that {@link arrowProjection} leaves. */
export async function* recordBatches(result: DuckDBResult): AsyncGenerator<RecordBatch> {
  const names = result.deduplicatedColumnNames();
  const builders = result.columnTypes().map((type, index) => columnBuilder(names[index] ?? "", type));
  const schema = new Schema(builders.map((builder) => builder.field));
  let rows = 0;
  let enough = firstBatchRows;
  const flush = (): RecordBatch => {
    const children = builders.map((builder) => builder.finish(rows));
    const data = makeData({ type: new Struct(schema.fields), length: rows, nullCount: 0, children });
    rows = 0;
    return new RecordBatch(schema, data);
  };
  let yielded = false;
  for (let chunk = await nextChunk(result); chunk !== null; chunk = await nextChunk(result)) {
    for (const [index, builder] of builders.entries())
      builder.append(chunk.getColumnVector(index), chunk.rowCount, rows);
    rows += chunk.rowCount;
    if (rows >= enough) {
      enough = Math.min(enough * 2, batchRows);
      yielded = true;
      yield flush();
    }
  }
  if (rows > 0 || !yielded) yield flush();
}

async function nextChunk(result: DuckDBResult): Promise<DuckDBDataChunk | null> {
  const chunk = await result.fetchChunk();
  return chunk === null || chunk.rowCount === 0 ? null : chunk;
}
