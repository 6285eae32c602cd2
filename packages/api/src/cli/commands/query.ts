import { rename } from "node:fs/promises";
import { dirname, extname, join, resolve } from "node:path";
import type { PreparedQuery } from "@icecore/offline-store";
import { Command, InvalidArgumentError, Option } from "commander";
import { IcecoreError } from "../../errors.ts";
import { jsonRows } from "../../output/json-rows.ts";
import { type ResultFormat, resultFormats, resultPieces } from "../../output/result-pieces.ts";
import { temporaryDirectory } from "../../output/temporary-directory.ts";
import { writePieces } from "../../output/write-pieces.ts";
import { withStore } from "../command-context.ts";
import { plural } from "../format.ts";
import { type AtOptions, parseAt, parseCount, parseSeconds, withAtOptions } from "../parse-options.ts";
import type { Output, Terminal } from "../terminal.ts";
import { explainQuery } from "./explain-query.ts";

interface QueryOptions extends AtOptions {
  readonly format?: "table" | ResultFormat;
  readonly out?: string;
  readonly explain?: boolean;
  readonly timeout?: number;
  readonly maxRows?: number;
  readonly memoryLimit?: string;
}

/** Rows that a table on a screen is good for; `--format json` gives all. */
const shownRows = 1000;

export function queryCommand(terminal: Terminal): Command {
  const command = new Command("query")
    .description("run a SELECT over feature views and tables, as they are or as they were")
    .argument("<sql>", "one SELECT statement")
    .addOption(new Option("--format <format>", "how to print the rows").choices(["table", ...resultFormats]))
    .option("--out <file>", "write the rows to a file; its name says the format: .parquet, .arrow, .csv or .json")
    .option("--explain", "say which snapshots and files are read, and by which conditions they were chosen")
    .option("--timeout <duration>", "give up after this time: 90s, 5m", parseSeconds)
    .option("--max-rows <count>", "refuse a result of more rows", parseCount)
    .option("--memory-limit <size>", "memory that DuckDB may use: 2GB")
    .addHelpText(
      "after",
      `
Examples:
  icecore query "SELECT count(*) FROM driver_hourly_stats"
  icecore query "SELECT * FROM driver_hourly_stats" --as-of 2026-01-31T12:00:00Z --out january.parquet`,
    );
  return withAtOptions(command).action((sql: string, options: QueryOptions, self: Command) =>
    withStore(terminal, self, async ({ store, output, signal }) => {
      const format = formatOf(options, output);
      const { timeout: timeoutSeconds, maxRows, memoryLimit, out } = options;
      await using directory = await temporaryDirectory(out === undefined ? undefined : outputParent(out));
      await using query = await store.openQuery(sql, {
        at: parseAt(options),
        timeoutSeconds,
        maxRows,
        memoryLimit,
        outputDirectory: directory.path,
        signal,
      });
      if (options.explain === true) output.note(explainQuery(query.tables));
      if (out !== undefined) await writeFile(query, format, out, directory.path, output);
      else if (format === "table") await printTable(query, output);
      else await output.writeAll(resultPieces(query, format, directory.path));
    }),
  );
}

function outputParent(out: string): string {
  return dirname(resolve(out));
}

/** @throws InvalidArgumentError where it cannot be told, or cannot be shown */
function formatOf({ format, out }: QueryOptions, output: Output): "table" | ResultFormat {
  if (out !== undefined) {
    const named = resultFormats.find((known) => extname(out).toLowerCase() === `.${known}`);
    const chosen = format ?? named;
    if (chosen !== undefined && chosen !== "table") return chosen;
    const known = resultFormats.map((name) => `.${name}`).join(", ");
    throw new InvalidArgumentError(
      `cannot tell the format to write ${out} in; name it with one of ${known}, or add --format`,
    );
  }
  if (output.json && format !== undefined && format !== "json") {
    throw new InvalidArgumentError(`--json and --format ${format} contradict each other; give one of them`);
  }
  if (output.isTerminal && (format === "parquet" || format === "arrow")) {
    throw new InvalidArgumentError(
      `${format} is not for a screen; add --out FILE, or send the output to a file or a pipe`,
    );
  }
  return format ?? (output.json ? "json" : "table");
}

async function writeFile(
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
