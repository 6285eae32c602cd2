import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { PreparedQuery } from "@icecore/offline-store";
import { IcecoreError } from "../errors.ts";
import { jsonRows } from "../output/json-rows.ts";
import type { ResultFormat } from "../output/result-format.ts";
import { resultPieces } from "../output/result-pieces.ts";
import { writePieces } from "../output/write-pieces.ts";
import { plural } from "./format.ts";
import type { Output } from "./terminal.ts";

/** Rows that a table on a screen is good for; `--format json` gives all. */
const shownRows = 1000;

/** Prints a query's rows; `directory` is where they may be kept meanwhile. */
export async function printQuery(
  query: PreparedQuery,
  format: "table" | ResultFormat,
  directory: string,
  output: Output,
): Promise<void> {
  if (format === "table") await printTable(query, output);
  else await output.writeAll(resultPieces(query, format, directory));
}

/**
 * Writes a query's rows to the file `out`, by way of one in `directory`, and says so.
 * @throws IcecoreError `ARGUMENT_INVALID` where it cannot be written
 */
export async function writeQuery(
  query: PreparedQuery,
  format: "table" | ResultFormat,
  out: string,
  directory: string,
  output: Output,
): Promise<void> {
  const path = join(directory, `out.${format}`);
  if (format === "json") await writePieces(resultPieces(query, format, directory), path);
  else await query.write(path);
  await rename(path, out).catch((cause) => {
    throw new IcecoreError("ARGUMENT_INVALID", `${out} cannot be written: ${cause.message}`, { cause });
  });
  output.result(
    { out, rows: query.rows, columns: query.columns },
    () => `Wrote ${plural(query.rows, "row")} to ${out}.`,
  );
}

async function printTable(query: PreparedQuery, output: Output): Promise<void> {
  const rows: string[][] = [];
  for await (const batch of query.batches()) {
    for (const row of jsonRows(batch)) if (rows.length < shownRows) rows.push(cells(row, query.columns));
    if (rows.length >= shownRows) break;
  }
  output.write(`${output.table(query.columns, rows)}\n`);
  const isAll = BigInt(rows.length) === query.rows;
  output.note(
    isAll
      ? plural(query.rows, "row")
      : `The first ${plural(rows.length, "row")} of ${query.rows}; --format json prints them all.`,
  );
}

function cells(row: string, columns: readonly string[]): string[] {
  const values = JSON.parse(row) as Readonly<Record<string, unknown>>;
  return columns.map((name) => cell(values[name] ?? null));
}

function cell(value: unknown): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
