import { readdir, truncate } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { driverRepo, driverRows, type TestRepo } from "../../support/driver-repo.ts";
import { icecore, icecoreOk } from "../../support/icecore.ts";

/** A command line, the exit code, and all that is said. DIR is the repository, VIEW its feature view. */
type Case = readonly [commandLine: string, exitCode: 1 | 2, message: string];

const usage: readonly Case[] = [
  ["aply", 2, "error: unknown command 'aply'\n(Did you mean apply?)\n(add --help for usage)"],
  ["plan --jsn", 2, "error: unknown option '--jsn'\n(Did you mean --json?)\n(add --help for usage)"],
  ["plan now", 2, "error: too many arguments for 'plan'. Expected 0 arguments but got 1.\n(add --help for usage)"],
  ["ingest", 2, "error: missing required argument 'view'\n(add --help for usage)"],
  ["ingest VIEW", 2, "error: give files, or --sql"],
  [
    "ingest VIEW DIR/good.parquet --mode merge",
    2,
    "error: option '--mode <mode>' argument 'merge' is invalid. Allowed choices are append, upsert.\n(add --help for usage)",
  ],
  ["history", 2, "error: missing required argument 'view'\n(add --help for usage)"],
  ["tag VIEW", 2, "error: missing required argument 'name'\n(add --help for usage)"],
  [
    "tag VIEW release --snapshot one",
    2,
    "error: option '--snapshot <id>' argument 'one' is invalid. \"one\" is no snapshot id; take one from icecore history VIEW\n(add --help for usage)",
  ],
  ["rollback VIEW", 2, "error: required option '--snapshot <id>' not specified\n(add --help for usage)"],
  ["add feature VIEW.x", 2, "error: required option '--type <type>' not specified\n(add --help for usage)"],
  [
    "add feature VIEW --type long",
    2,
    "error: command-argument value 'VIEW' is invalid for argument 'view.name'. \"VIEW\" names no feature; write it as VIEW.NAME\n(add --help for usage)",
  ],
  ["add feature VIEW.x --type long --default many", 2, 'error: --default "many" is no long'],
  [
    "registry show one",
    2,
    "error: command-argument value 'one' is invalid for argument 'version'. \"one\" is no version; write its number, from icecore registry history\n(add --help for usage)",
  ],
  ["registry show 1 --as-of 2026-01-01T00:00:00Z", 2, "error: give a version or --as-of, not both"],
  [
    "registry show --as-of 2026-01-01",
    2,
    "error: option '--as-of <time>' argument '2026-01-01' is invalid. \"2026-01-01\" is no ISO 8601 time with a zone; write it as 2026-01-31T12:00:00Z\n(add --help for usage)",
  ],
  [
    "registry show --as-of 2026-02-30T00:00:00Z",
    2,
    "error: option '--as-of <time>' argument '2026-02-30T00:00:00Z' is invalid. \"2026-02-30T00:00:00Z\" is no ISO 8601 time with a zone; write it as 2026-01-31T12:00:00Z\n(add --help for usage)",
  ],
  ["query", 2, "error: missing required argument 'sql'\n(add --help for usage)"],
  [
    `query "SELECT 1" --format xml`,
    2,
    "error: option '--format <format>' argument 'xml' is invalid. Allowed choices are table, json, csv, parquet, arrow.\n(add --help for usage)",
  ],
  [
    `query "SELECT 1" --out DIR/rows`,
    2,
    "error: cannot tell the format to write DIR/rows in; name it with one of .json, .csv, .parquet, .arrow, or add --format",
  ],
  [`query "SELECT 1" --tag a --as-of 2026-01-01T00:00:00Z`, 2, "error: give only one of --as-of, --tag and --snapshot"],
  [
    `query "SELECT 1" --snapshot VIEW`,
    2,
    'error: "VIEW" names no snapshot; write it as VIEW=ID, with an id from icecore history VIEW',
  ],
  [
    `query "SELECT 1" --timeout soon`,
    2,
    "error: option '--timeout <duration>' argument 'soon' is invalid. \"soon\" is no duration; write 90s, 15m, 36h, 7d or 2w\n(add --help for usage)",
  ],
  [
    `query "SELECT 1" --max-rows 0`,
    2,
    "error: option '--max-rows <count>' argument '0' is invalid. \"0\" is no number of things; write 1 or more in digits\n(add --help for usage)",
  ],
  ["training-set create x --latest --service driver_activity", 2, "error: give --out or --table, or both"],
  ["training-set create x --latest --out DIR/x.csv", 2, "error: give either --features or --service"],
  [
    "training-set create x --service driver_activity --out DIR/x.csv",
    2,
    "error: give one of --spine, --spine-table, --start with --end, and --latest",
  ],
  [
    "training-set create x --start 2026-01-01T00:00:00Z --service driver_activity --out DIR/x.csv",
    2,
    "error: give both --start and --end",
  ],
  ["materialize --full --watch", 2, "error: give only one of --full or --watch"],
  [
    "materialize --since 2026-01-02T00:00:00Z --until 2026-01-01T00:00:00Z",
    2,
    "error: --since is after --until, so that no row lies between; swap them",
  ],
  [
    "materialize --interval never",
    2,
    "error: option '--interval <seconds>' argument 'never' is invalid. \"never\" is no number above 0; write it as 0.5 or 10\n(add --help for usage)",
  ],
  ["online get --entity driver_id=1", 2, "error: give either --features or --service"],
  [
    "online get --service driver_activity --entity 1001",
    2,
    "error: option '--entity <key=value,...>' argument '1001' is invalid. \"1001\" is no join key; write it as KEY=VALUE\n(add --help for usage)",
  ],
  [
    "online verify VIEW --threshold 2",
    2,
    "error: option '--threshold <share>' argument '2' is invalid. \"2\" is no share; write it as 0.01, between 0 and 1\n(add --help for usage)",
  ],
  [
    "online migrate --to parquet",
    2,
    "error: option '--to <layout>' argument 'parquet' is invalid. Allowed choices are feast, packed.\n(add --help for usage)",
  ],
  [
    "serve --port http",
    2,
    "error: option '--port <port>' argument 'http' is invalid. \"http\" is no port; use 0 to 65535\n(add --help for usage)",
  ],
  [
    `serve --token ""`,
    2,
    "error: the token is empty, and nobody could send it; set --token or ICECORE_TOKEN to a secret, or leave them out",
  ],
  ["maintain VIEW", 2, "error: say what to do: --compact, --expire-older-than, --remove-orphans, or several"],
  [
    "maintain VIEW --expire-older-than week",
    2,
    "error: option '--expire-older-than <duration>' argument 'week' is invalid. \"week\" is no duration; write 90s, 15m, 36h, 7d or 2w\n(add --help for usage)",
  ],
  ["teardown", 2, "error: nothing was taken away; to be sure, say --confirm rides"],
  ["teardown --confirm ride", 2, 'error: nothing was taken away: this project is "rides", not "ride"'],
];

const names: readonly Case[] = [
  [
    "ingest driver_hourly_stat DIR/good.parquet",
    1,
    'error: no feature view "driver_hourly_stat" in the registry (did you mean "VIEW"?)',
  ],
  [
    "history driver_hourly_stat",
    1,
    'error: no feature view "driver_hourly_stat" in the registry (did you mean "VIEW"?)',
  ],
  [
    "tag VIEW release --snapshot 17",
    1,
    "error: VIEW has no snapshot 17, or it has expired; icecore history VIEW lists those it has",
  ],
  [
    "rollback VIEW --snapshot 17",
    1,
    "error: VIEW has no snapshot 17, or it has expired; icecore history VIEW lists those it has",
  ],
  [
    "add feature driver_stats.x --type long",
    1,
    'error: no feature view "driver_stats" in the registry (there are: VIEW)',
  ],
  [
    "add feature VIEW.conv_rate --type float",
    1,
    'error: feature view "VIEW" has a feature "conv_rate" already; choose another name',
  ],
  [
    "add feature VIEW.x --type text",
    1,
    'error: "text" is no type; types are boolean, int, long, float, double, date, time, timestamp, timestamptz, string, uuid, binary, decimal(precision, scale), list<type>, map<key, value>, struct<name: type, ...>',
  ],
  [
    "add feature VIEW.9x --type long",
    1,
    'error: "9x" is no name for a feature: use letters, digits and _, and begin with a letter',
  ],
  [
    "rename feature VIEW.conv_rat share",
    1,
    'error: feature view "VIEW" has no feature "conv_rat" (did you mean "conv_rate"?)',
  ],
  [
    "widen feature VIEW.avg_daily_trips --type int",
    1,
    'error: DIR/features.ts:14: feature view "VIEW": "avg_daily_trips" is long in its table and cannot become int, which is narrower; set its type to long in the definition',
  ],
  [
    "drop feature VIEW.conv_rate",
    1,
    'error: feature view "VIEW": something would be gone for those who use it; look at the plan and pass --allow-destructive if that is meant',
  ],
  [
    "registry show 99",
    1,
    'error: the registry in "rides" has no version 99; icecore registry history lists those that it has',
  ],
  [
    "registry show --as-of 2020-01-01T00:00:00Z",
    1,
    "error: nothing was applied yet at 2020-01-01T00:00:00.000Z; the first version is of NOW",
  ],
  [
    "training-set create x --spine DIR/key.parquet --service driver_activity --out DIR/x.parquet",
    1,
    'error: DIR/key.parquet: no column "driver_id", by which "VIEW" is joined (did you mean "driver"?)',
  ],
  [
    "training-set create x --latest --features VIEW:conv_rat --out DIR/x.parquet",
    1,
    'error: feature view "VIEW" has no feature "conv_rat" (did you mean "conv_rate"?)',
  ],
  [
    "training-set create x --latest --features conv_rate --out DIR/x.parquet",
    1,
    'error: "conv_rate" is no feature reference; write it as view:feature',
  ],
  [
    "training-set create x.json --latest --service driver_activity --out DIR/x.parquet",
    1,
    'error: "x.json" is no name for a training set: use letters, digits, _, . and -, and no .json at its end',
  ],
  [
    "training-set create x --latest --service driver_activity --out DIR/none/x.parquet",
    1,
    "error: DIR/none: no such directory; make it, or write elsewhere",
  ],
  [
    "training-set create x --spine-table rides.nothing --service driver_activity --out DIR/x.parquet",
    1,
    "error: the catalog has no table rides.nothing; write it as namespace.table",
  ],
  ["training-set reproduce nothing", 1, "error: DIR/nothing.lock.json: no such lock file"],
  [
    "training-set remove nothing",
    1,
    'error: there is no training set "nothing"; icecore training-set list shows which there are',
  ],
  [
    "materialize driver_hourly_stat",
    1,
    'error: no feature view "driver_hourly_stat" in the registry (did you mean "VIEW"?)',
  ],
  [
    "online get --service driver_activty --entity driver_id=1",
    1,
    'error: no feature service "driver_activty" in the registry (did you mean "driver_activity"?)',
  ],
  [
    "online get --service driver_activity --entity driver_id=abc",
    1,
    'error: entity column "driver_id", row 0: "abc" is no long; give a whole number of 64 bits; as a string when it is beyond 2^53',
  ],
  [
    "online get --service driver_activity --entity driver=1",
    1,
    'error: entity column "driver_id" is missing; feature view "VIEW" needs it for its join key "driver_id" (there are: driver)',
  ],
  ["online verify VIEW", 1, 'error: "VIEW" was never materialized; run icecore materialize VIEW'],
  [
    "online migrate --to packed",
    1,
    "error: the online store is of type embedded, which has one layout only; layouts are of type redis",
  ],
  ["apply --from-feast DIR/none.db", 1, "error: DIR/none.db: no such file; run feast apply there first"],
  [
    "apply --from-feast DIR/text.parquet",
    1,
    "error: DIR/text.parquet is no registry file of Feast; name the file at registry.path of its feature_store.yaml",
  ],
  ["init DIR", 1, "error: DIR has files in it already; name a new directory"],
  [
    "init DIR/none/deeper",
    1,
    "error: DIR/none/deeper cannot be made: its parent directory is not there; make that first",
  ],
  [
    "--repo /nonexistent plan",
    1,
    "error: no feature_store.yaml in /nonexistent; go to a feature repository, name one with --repo, or make one with icecore init",
  ],
  [
    "serve --host 0.0.0.0",
    1,
    "error: anyone who reaches 0.0.0.0 could read and change this feature store; set a token, or listen on 127.0.0.1",
  ],
];

const rows: readonly Case[] = [
  ["ingest VIEW DIR/missing.parquet", 1, "error: DIR/missing.parquet: no such file"],
  [
    "ingest VIEW DIR/corrupt.parquet",
    1,
    "error: DIR/corrupt.parquet: the parquet file is corrupt or is none (Invalid Input Error: No magic bytes found at end of file 'DIR/corrupt.parquet')",
  ],
  [
    "ingest VIEW DIR/text.parquet",
    1,
    "error: DIR/text.parquet: the parquet file is corrupt or is none (Invalid Input Error: No magic bytes found at end of file 'DIR/text.parquet')",
  ],
  [
    "ingest VIEW DIR/rows.xlsx",
    1,
    "error: DIR/rows.xlsx: cannot tell its format; name it with one of .parquet, .csv, .tsv, .ndjson, .jsonl, .arrow, .arrows",
  ],
  [
    "ingest VIEW DIR/good.parquet DIR/null.csv",
    1,
    "error: files of different formats in one call (parquet, csv); run one call per format",
  ],
  [
    "ingest VIEW DIR/type.parquet",
    1,
    'error: DIR/type.parquet: column "conv_rate": it is DOUBLE, which is not a float without loss; cast it, or change the column\'s type',
  ],
  [
    "ingest VIEW DIR/column.parquet",
    1,
    'error: DIR/column.parquet: column "conv_rat" is not in feature view "VIEW" (did you mean "conv_rate"?); drop or rename it',
  ],
  [
    "ingest VIEW DIR/key.parquet",
    1,
    'error: DIR/key.parquet: column "driver" is not in feature view "VIEW" (there are: driver_id, event_timestamp, created, conv_rate, acc_rate, avg_daily_trips); drop or rename it\ncolumn "driver_id" is missing; every row needs it',
  ],
  ["ingest VIEW DIR/null.csv", 1, 'error: DIR/null.csv: column "driver_id" is null, and every row needs it: row 2'],
  [
    "ingest VIEW DIR/zone.csv",
    1,
    'error: DIR/zone.csv: column "event_timestamp" is not an ISO 8601 timestamp with a zone, such as 2026-01-31T12:00:00Z: row 1 ("2026-01-02 00:00:00")',
  ],
  [
    "ingest VIEW DIR/zone.parquet",
    1,
    "error: DIR/zone.parquet: column \"event_timestamp\": it has timestamps without a zone; store them as UTC (pandas: dt.tz_localize('UTC'))",
  ],
  [
    `ingest VIEW --sql "SELECT 1 AS x"`,
    1,
    'error: the query: column "x" is not in feature view "VIEW" (there are: driver_id, event_timestamp, created, conv_rate, acc_rate, avg_daily_trips); drop or rename it\ncolumn "driver_id" is missing; every row needs it\ncolumn "event_timestamp" is missing; every row needs it',
  ],
];

const queries: readonly Case[] = [
  [`query "SELEC 1"`, 1, 'error: query: syntax error at or near "SELEC"'],
  [
    `query "SELECT * FROM driver_hourly_stat"`,
    1,
    'error: query: there is no feature view or table "driver_hourly_stat" (did you mean "VIEW"?); tables elsewhere in the catalog are written namespace.table',
  ],
  [
    `query "SELECT conv_rat FROM VIEW"`,
    1,
    'error: query: DuckDB cannot run this SQL (Binder Error: Referenced column "conv_rat" not found in FROM clause!)',
  ],
  [
    `query "DROP TABLE VIEW"`,
    1,
    "error: query: only one SELECT statement can be run; tables are changed by ingest and apply",
  ],
  [
    `query "SELECT 1; SELECT 2"`,
    1,
    "error: query: only one SELECT statement can be run; tables are changed by ingest and apply",
  ],
  [
    `query "SELECT * FROM read_csv('/etc/passwd')"`,
    1,
    "error: query: queries read the tables of the catalog and nothing else, so read_csv() cannot stand after FROM; functions that can are range, generate_series, unnest, repeat, repeat_row, json_each, json_tree",
  ],
  [
    `query "SELECT * FROM range(5)" --max-rows 3`,
    1,
    "error: query: the result has more than 3 rows, which is the limit; ask for fewer (WHERE, LIMIT, GROUP BY), or raise max_rows",
  ],
  [
    `query "SELECT 1" --memory-limit plenty`,
    1,
    "error: DuckDB refuses memory_limit plenty; write sizes as 2GB or 512MiB",
  ],
  [
    `query "SELECT 1" --out DIR/none/rows.csv`,
    1,
    "error: DIR/none: nothing can be written there; make the directory, or name another (ENOENT)",
  ],
  [
    `query "SELECT 1 FROM VIEW" --snapshot driver_hourly_stat=17`,
    1,
    'error: a snapshot of "driver_hourly_stat" is given, but nothing of that name is read (did you mean "VIEW"?)',
  ],
  [`query "SELECT 1 FROM VIEW" --snapshot VIEW=17`, 1, "error: the table has no snapshot 17; it may have expired"],
  [`query "SELECT 1 FROM VIEW" --tag release`, 1, 'error: rides.VIEW has no tag or branch "release"'],
  [
    `query "SELECT 1 FROM VIEW" --as-of 2020-01-01T00:00:00Z`,
    1,
    "error: rides.VIEW has no snapshot that was current at 2020-01-01T00:00:00.000Z",
  ],
  [
    `query "SELECT CASE WHEN i > 300000 THEN error('boom') ELSE i END AS v FROM range(1000000) t(i)"`,
    1,
    "error: query: a value does not fit (Invalid Input Error: boom)",
  ],
];

const view = "driver_hourly_stats";
let repo: TestRepo;
let before: unknown;

beforeAll(async () => {
  repo = await driverRepo();
  const at = (columns: string) => `SELECT TIMESTAMPTZ '2026-01-02 00:00:00+00' AS event_timestamp, ${columns}`;
  await repo.parquet("good.parquet", driverRows("2026-01-01 00:00:00+00"));
  await truncate(await repo.parquet("corrupt.parquet", driverRows("2026-01-02 00:00:00+00")), 500);
  await repo.write("text.parquet", "driver_id,event_timestamp\n1,2\n");
  await repo.write("rows.xlsx", "x");
  await repo.parquet("type.parquet", at("1001 AS driver_id, 'many' AS avg_daily_trips, 0.5::DOUBLE AS conv_rate"));
  await repo.parquet("column.parquet", at("1001 AS driver_id, 0.5::FLOAT AS conv_rat"));
  await repo.parquet("key.parquet", at("1 AS driver"));
  await repo.write("null.csv", "driver_id,event_timestamp\n1001,2026-01-02T00:00:00Z\n,2026-01-02T00:00:00Z\n");
  await repo.write("zone.csv", "driver_id,event_timestamp\n1001,2026-01-02 00:00:00\n");
  await repo.parquet("zone.parquet", "SELECT 1001 AS driver_id, TIMESTAMP '2026-01-02 00:00:00' AS event_timestamp");
  await icecoreOk("--repo", repo.directory, "apply");
  await icecoreOk("--repo", repo.directory, "ingest", view, repo.path("good.parquet"));
  before = await state();
});
afterAll(() => repo[Symbol.asyncDispose]());

/** What must not change: the definitions, the registry, the snapshots, and every data file. */
async function state() {
  const files = await readdir(repo.directory, { recursive: true });
  return {
    history: await icecoreOk("--repo", repo.directory, "--json", "history", view),
    registry: await icecoreOk("--repo", repo.directory, "registry", "history"),
    files: files.filter((file) => !/^\.icecore\/(catalog|online)/.test(file) && !file.endsWith(".json")).sort(),
  };
}

const argumentsOf = (commandLine: string) =>
  (commandLine.match(/"[^"]*"|\S+/g) ?? []).map((word) =>
    word.replaceAll('"', "").replaceAll("DIR", repo.directory).replaceAll("VIEW", view),
  );

async function complaint(commandLine: string) {
  const { exitCode, stdout, stderr } = await icecore("--repo", repo.directory, ...argumentsOf(commandLine));
  expect(stdout).toBe("");
  expect(stderr).not.toMatch(/^ {4}at /m);
  const said = stderr.replaceAll(repo.directory, "DIR").replaceAll(view, "VIEW");
  return [exitCode, said.replace(/first version is of \S+/, "first version is of NOW").trimEnd()];
}

describe.each([
  ["wrong usage", usage],
  ["what is not there, or cannot be", names],
  ["rows", rows],
  ["queries", queries],
])("%s", (_, cases) => {
  it.each(cases)("icecore %s", async (commandLine, exitCode, message) => {
    expect(await complaint(commandLine)).toEqual([exitCode, message]);
  });
});

describe("all of it", () => {
  it("has changed nothing", async () => {
    expect(await state()).toEqual(before);
  });

  it("is one JSON document for machines", async () => {
    for (const [line, code] of [
      ["plan --jsn", "USAGE"],
      ["", "USAGE"],
      ["training-set", "USAGE"],
      ["history nothing", "FEATURE_VIEW_NOT_FOUND"],
      [`query "SELECT error('boom')"`, "ROWS_INVALID"],
    ] as const) {
      const { stdout } = await icecore("--repo", repo.directory, "--json", ...argumentsOf(line));
      expect(JSON.parse(stdout), line).toEqual({ error: { code, message: expect.stringMatching(/^(?!error)[^(]/) } });
    }
  });
});
