import type { PreparedQuery } from "@icecore/offline-store";
import { Command, Option } from "commander";
import { jsonRows } from "../../output/json-rows.ts";
import { withStore } from "../command-context.ts";
import { plural } from "../format.ts";
import { type AtOptions, parseAt, withAtOptions } from "../parse-options.ts";
import type { Output, Terminal } from "../terminal.ts";

interface QueryOptions extends AtOptions {
  readonly format?: "table" | "json";
  readonly explain?: boolean;
}

/** Rows that a table on a screen is good for; `--format json` gives all. */
const shownRows = 1000;

export function queryCommand(terminal: Terminal): Command {
  const command = new Command("query")
    .description("run a SELECT over feature views and tables, as they are or as they were")
    .argument("<sql>", "one SELECT statement")
    .addOption(new Option("--format <format>", "how to print the rows").choices(["table", "json"]))
    .option("--explain", "say which snapshots and files are read");
  return withAtOptions(command).action((sql: string, options: QueryOptions, self: Command) =>
    withStore(terminal, self, async ({ store, output }) => {
      await store.query(
        sql,
        async (query) => {
          if (options.explain === true) output.note(explainQuery(query));
          if (output.json || options.format === "json") await printJson(query, output);
          else await printTable(query, output);
        },
        parseAt(options),
      );
    }),
  );
}

async function printJson(query: PreparedQuery, output: Output): Promise<void> {
  let separator = "[";
  for await (const batch of query.batches()) {
    for (const row of jsonRows(batch)) {
      output.write(`${separator}\n  ${row}`);
      separator = ",";
    }
  }
  output.write(separator === "[" ? "[]\n" : "\n]\n");
}

async function printTable(query: PreparedQuery, output: Output): Promise<void> {
  const rows: string[][] = [];
  let more = false;
  for await (const batch of query.batches()) {
    for (const row of jsonRows(batch)) {
      if (rows.length < shownRows) rows.push(cells(row, query.columns));
      else more = true;
    }
    if (more) break;
  }
  output.write(`${output.table(query.columns, rows)}\n`);
  output.note(
    more ? `The first ${plural(rows.length, "row")}; --format json prints them all.` : plural(rows.length, "row"),
  );
}

function cells(row: string, columns: readonly string[]): string[] {
  const values = JSON.parse(row) as Readonly<Record<string, unknown>>;
  return columns.map((name) => (values[name] === null || values[name] === undefined ? "" : String(values[name])));
}

function explainQuery(query: PreparedQuery): string {
  return query.tables
    .map(({ name, snapshotId, paths }) => `${name}: snapshot ${snapshotId ?? "none"}, ${plural(paths.length, "file")}`)
    .join("\n");
}
