import { snapshotId } from "@icecore/iceberg-catalog/ids";
import { type Command, InvalidArgumentError } from "commander";
import { entitiesBetween, latestEntities } from "../store/spine-entities.ts";
import type { SpineOptions } from "../store/spine-options.ts";
import { parseTime } from "./parse-options.ts";

/** Options that say which rows ask for features. */
export interface SpineCliOptions {
  readonly spine?: string;
  readonly spineTable?: string;
  readonly start?: Date;
  readonly end?: Date;
  readonly latest?: boolean;
}

/** Adds `--spine`, `--spine-table`, `--start` with `--end`, and `--latest` to a command. */
export function withSpineOptions(command: Command): Command {
  return command
    .option(
      "--spine <file|sql>",
      "rows with join keys and a time: a parquet, arrow (file or stream), csv or ndjson file, or a SELECT",
    )
    .option(
      "--spine-table <table[@snapshot|tag]>",
      "the rows of a table of the catalog instead, at a snapshot or a tag of its own",
    )
    .option("--start <time>", "no rows: every entity that the views have a row of from this time on ...", parseTime)
    .option("--end <time>", "... until this time, at which it is asked for", parseTime)
    .option("--latest", "no rows: every entity, at the time of its newest row");
}

/** @throws InvalidArgumentError unless there is exactly one spine */
export function parseSpine({ spine, spineTable, start, end, latest }: SpineCliOptions): SpineOptions {
  const range = start ?? end;
  const given = [spine, spineTable, range, latest].filter((option) => option !== undefined);
  if (given.length !== 1)
    throw new InvalidArgumentError("give one of --spine, --spine-table, --start with --end, and --latest");
  if (spine !== undefined) return /^\s*(select|with|from)\s/i.test(spine) ? { sql: spine } : { files: [spine] };
  if (spineTable !== undefined) return parseTable(spineTable);
  if (range === undefined) return latestEntities;
  if (start === undefined || end === undefined) throw new InvalidArgumentError("give both --start and --end");
  if (start > end) throw new InvalidArgumentError("--start is later than --end; give them the other way round");
  return entitiesBetween(start, end);
}

/** Digits are a snapshot's id. */
function parseTable(text: string): SpineOptions {
  const at = text.indexOf("@");
  if (at === -1) return { table: text };
  const [table, state] = [text.slice(0, at), text.slice(at + 1)];
  if (table === "" || state === "") {
    throw new InvalidArgumentError(
      `"${text}" names no table; write it as namespace.table, or namespace.table@snapshot`,
    );
  }
  return /^\d+$/.test(state) ? { table, snapshotId: snapshotId(BigInt(state)) } : { table, tag: state };
}
