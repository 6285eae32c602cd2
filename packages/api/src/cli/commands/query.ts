import { dirname, extname, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { type ResultFormat, resultFormats } from "../../output/result-format.ts";
import { temporaryDirectory } from "../../output/temporary-directory.ts";
import { withStore } from "../command-context.ts";
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
      const { printQuery, writeQuery } = await import("../query-output.ts");
      if (out === undefined) await printQuery(query, format, directory.path, output);
      else await writeQuery(query, format, out, directory.path, output);
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
