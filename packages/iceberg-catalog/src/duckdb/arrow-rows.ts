import type { FileHandle } from "node:fs/promises";
import { DuckDBDataChunk } from "@duckdb/node-api";
import { type RecordBatch, RecordBatchReader, type Schema, Table } from "apache-arrow";
import { IcebergError } from "../errors.ts";
import { type ArrowColumn, arrowColumn, copyValues } from "./arrow-columns.ts";
import { quotedIdentifier } from "./quote.ts";
import type { Session, SourceColumn } from "./session.ts";

/** Rows as Arrow has them: in memory, batch by batch, or as the bytes of an IPC stream or file. */
export type ArrowInput =
  | { readonly arrow: Table | AsyncIterable<RecordBatch> }
  | { readonly arrowIpc: Uint8Array | AsyncIterable<Uint8Array> };

/** An IPC stream or file on disk; the caller closes it. */
export interface ArrowFile {
  readonly arrowFile: FileHandle;
}

/** Arrow in a temporary table. */
export interface LoadedArrow {
  /** What to select from. */
  readonly relation: string;
  /** What the relation gives; undefined: to be asked for. */
  readonly columns: readonly SourceColumn[] | undefined;
  /** To be dropped in the end. */
  readonly table: string;
}

/** DuckDB's vectors hold so many values. */
const chunkRows = 2048;

/**
 * Loads Arrow into a temporary table of the session, buffer by buffer, a batch at a time; DuckDB spills it where memory
 * does not hold it.
 * @throws IcebergError `FILE_INVALID` for bytes that are no Arrow, `UNSUPPORTED` for what DuckDB has no type for
 */
export async function loadArrow(session: Session, input: ArrowInput | ArrowFile, label: string): Promise<LoadedArrow> {
  const { schema, batches } = await openArrow(input, label);
  const columns = schema.fields.map(arrowColumn);
  const name = `arrow_${crypto.randomUUID()}`;
  const table = quotedIdentifier(name);
  const types = schema.fields.map(({ name: column }, index) => `${quotedIdentifier(column)} ${columns[index]?.type}`);
  if (types.length === 0) throw new IcebergError("FILE_INVALID", `${label}: it has no columns`);
  await session.run(`CREATE TEMP TABLE ${table} (${types.join(", ")})`, label);
  const appender = await session.appender(name);
  try {
    for await (const batch of batches) {
      for (const chunk of chunksOf(batch, columns)) appender.appendDataChunk(chunk);
    }
    appender.closeSync();
  } catch (error) {
    await session.run(`DROP TABLE ${table}`);
    throw unreadable(error, label);
  }
  const select = schema.fields.map(
    ({ name: column }, index) => `${columns[index]?.sql} AS ${quotedIdentifier(column)}`,
  );
  return { relation: `(SELECT ${select.join(", ")} FROM ${table})`, columns: knownColumns(schema, columns), table };
}

/**
 * The columns that DuckDB makes of these, in its own words; undefined where they are not all known. To ask it costs as much as
 * to load some rows.
 */
function knownColumns({ fields }: Schema, columns: readonly ArrowColumn[]): readonly SourceColumn[] | undefined {
  const known: SourceColumn[] = [];
  for (const [index, { name }] of fields.entries()) {
    const { type, sql, sqlType } = columns[index] as ArrowColumn;
    if (sqlType !== undefined) known.push({ name, type: sqlType });
    else if (sql === quotedIdentifier(name)) known.push({ name, type: String(type) });
    else return undefined;
  }
  return known;
}

interface OpenArrow {
  readonly schema: Schema;
  readonly batches: AsyncIterable<RecordBatch> | Iterable<RecordBatch>;
}

async function openArrow(input: ArrowInput | ArrowFile, label: string): Promise<OpenArrow> {
  if ("arrowIpc" in input) return openIpc(input.arrowIpc, label);
  if ("arrowFile" in input) return openIpc(input.arrowFile, label);
  const { arrow } = input;
  if (arrow instanceof Table) return { schema: arrow.schema, batches: arrow.batches };
  const batches = arrow[Symbol.asyncIterator]();
  const first = await batches.next();
  if (first.done === true)
    throw new IcebergError("FILE_INVALID", `${label}: it has no batch, so nobody knows its columns`);
  return { schema: first.value.schema, batches: prepended(first.value, batches) };
}

async function openIpc(bytes: Uint8Array | AsyncIterable<Uint8Array> | FileHandle, label: string): Promise<OpenArrow> {
  try {
    const reader = await (await RecordBatchReader.from(bytes as AsyncIterable<Uint8Array>)).open();
    if (reader.schema === undefined) throw new Error("no schema");
    return { schema: reader.schema, batches: reader };
  } catch (error) {
    throw unreadable(error, label);
  }
}

async function* prepended(first: RecordBatch, rest: AsyncIterator<RecordBatch>): AsyncGenerator<RecordBatch> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function unreadable(error: unknown, label: string): IcebergError {
  if (error instanceof IcebergError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new IcebergError("FILE_INVALID", `${label}: cannot be read as Arrow (${why})`, { cause: error });
}

function* chunksOf(batch: RecordBatch, columns: readonly ArrowColumn[]): Generator<DuckDBDataChunk> {
  for (let start = 0; start < batch.numRows; start += chunkRows) {
    const count = Math.min(chunkRows, batch.numRows - start);
    const chunk = DuckDBDataChunk.create(
      columns.map(({ type }) => type),
      count,
    );
    for (const [index, column] of columns.entries()) {
      const values = batch.getChildAt(index);
      if (values !== null) copyValues(column, values, start, count, chunk.getColumnVector(index));
    }
    yield chunk;
  }
}
