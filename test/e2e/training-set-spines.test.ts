import { readFile, writeFile } from "node:fs/promises";
import { Database, writeOutput } from "@icecore/iceberg-catalog/duckdb";
import { tableFromIPC, tableToIPC } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveCatalogWithoutTags } from "../support/catalog-without-tags.ts";
import { driverRepo, driverRows, type TestRepo } from "../support/driver-repo.ts";
import { icecore, icecoreOk } from "../support/icecore.ts";

const view = "driver_hourly_stats";
const spineSql =
  "SELECT 1001 + i % 6 AS driver_id, TIMESTAMPTZ '2026-01-01 00:30:00+00' + to_minutes(i * 31) AS event_timestamp, 'l' || i AS label FROM range(60) t(i)";

let repo: TestRepo;
const ok = (...args: readonly string[]) => icecoreOk("--repo", repo.directory, ...args);
const json = async (...args: readonly string[]) => JSON.parse(await ok("--json", ...args));
const create = (name: string, ...args: readonly string[]) =>
  json("training-set", "create", name, "--service", "driver_activity", "--out", repo.path(`${name}.csv`), ...args);
const ingest = async (name: string, sql: string) =>
  ok("ingest", view, await repo.parquet(`${name}.parquet`, sql), "--key", name);
const rows = async (name: string) => (await readFile(repo.path(`${name}.csv`), "utf8")).trim().split("\n").length - 1;

beforeAll(async () => {
  repo = await driverRepo();
  await ok("apply");
  await ingest("first", driverRows("2026-01-01 00:00:00+00"));
  await repo.parquet("spine.parquet", spineSql);
  await using database = await Database.open();
  await using session = await database.connect();
  for (const format of ["csv", "ndjson", "arrow"]) await writeOutput(session, spineSql, repo.path(`spine.${format}`));
  const stream = tableToIPC(tableFromIPC(await readFile(repo.path("spine.arrow"))), "stream");
  await writeFile(repo.path("stream.arrow"), stream);
});
afterAll(() => repo[Symbol.asyncDispose]());

describe("the spine of a training set", () => {
  it("is a file of any format, or a query: the same rows", async () => {
    const spines = ["spine.parquet", "spine.csv", "spine.ndjson", "spine.arrow", "stream.arrow"].map(repo.path);
    const digests = new Set<string>();
    for (const [index, spine] of [...spines, `${spineSql} ORDER BY ALL`].entries()) {
      const { result } = await create(`kind_${index}`, "--spine", spine);
      expect(result.rows).toBe(60);
      digests.add((await readFile(repo.path(`kind_${index}.csv`), "utf8")).split("\n").sort().join("\n"));
      expect((await json("training-set", "reproduce", `kind_${index}`)).identical).toBe(true);
    }
    expect(digests.size).toBe(1);
  });

  it("comes as its query orders it, and by all columns where it does not", async () => {
    const labels = async (name: string, order: string) => {
      await create(name, "--spine", `${spineSql}${order}`);
      expect((await json("training-set", "reproduce", name)).identical).toBe(true);
      const [, ...lines] = (await readFile(repo.path(`${name}.csv`), "utf8")).trim().split("\n");
      return lines.map((line) => Number(/,l(\d+),/.exec(line)?.[1]));
    };
    expect((await labels("newest_first", " ORDER BY i DESC LIMIT 5")).join(" ")).toBe("59 58 57 56 55");
    expect((await labels("any_order", "")).slice(0, 4).join(" ")).toBe("0 6 12 18");
  });

  it("is a table of the catalog at a snapshot, which is kept for it", async () => {
    await create("labels", "--spine", repo.path("spine.parquet"), "--table", "labels");
    const saved = (await json("training-set", "show", "labels")).table.snapshotId;
    const features = ["--features", `${view}:conv_rate`, "--full-feature-names"];
    const out = ["--out", repo.path("of_table.csv")];
    for (const [name, table] of [
      ["now", "rides.labels"],
      ["then", `labels@${saved}`],
    ] as const) {
      const { spine } = await json("training-set", "create", name, "--spine-table", table, ...features, ...out);
      expect(spine).toMatchObject({ rows: 60, input: { table: "rides.labels", snapshotId: saved } });
    }
    await ok("training-set", "remove", "then");
    expect((await json("training-set", "reproduce", "now")).identical).toBe(true);
    await ok("training-set", "remove", "now");
    const twice = await json("training-set", "create", "now", "--spine-table", "rides.labels", ...features, ...out);
    expect(twice.protected).toBe(true);
  });

  it("is none: the entities of a time, or all at their newest row", async () => {
    const day = ["--start", "2026-01-01T00:00:00Z", "--end", "2026-01-01T02:00:00Z"];
    const range = await create("range", ...day);
    const latest = await create("latest", "--latest");
    expect([range.result.rows, latest.result.rows, await rows("range")]).toEqual([5, 5, 5]);
    await ingest("later", driverRows("2026-01-01 01:30:00+00", 3).replace("1001 + d", "2001 + d"));
    for (const name of ["range", "latest"]) {
      expect((await json("training-set", "reproduce", name)).identical).toBe(true);
    }
    expect((await create("latest_now", "--latest")).result.rows).toBe(10);
    expect(await ok("training-set", "show", "range")).toContain(
      "every entity with a row from 2026-01-01T00:00:00.000Z to 2026-01-01T02:00:00.000Z, at its end",
    );
  });

  it.each([
    [[], "give one of --spine, --spine-table, --start with --end, and --latest"],
    [["--latest", "--spine", "x.csv"], "give one of --spine"],
    [["--start", "2026-01-01T00:00:00Z"], "give both --start and --end"],
    [["--start", "2026-01-02T00:00:00Z", "--end", "2026-01-01T00:00:00Z"], "--start is later than --end"],
    [["--spine-table", "labels@"], "names no table"],
    [["--spine-table", "nothing"], "the catalog has no table nothing"],
    [["--spine-table", `${view}@123`], "123"],
  ])("%j is refused", async (args, message) => {
    const given = ["training-set", "create", "bad", "--service", "driver_activity", "--out", "bad.csv", ...args];
    const run = await icecore("--repo", repo.directory, ...given);
    expect(run.exitCode).toBeGreaterThan(0);
    expect(run.stderr).toContain(message);
  });
});

describe("a training set of what was known at the time", () => {
  it("says so in its lock, and is made again so", async () => {
    const corrected = driverRows("2026-01-01 00:00:00+00", 2).replace(
      "AS avg_daily_trips",
      "+ 1000000 AS avg_daily_trips, TIMESTAMPTZ '2026-01-01 00:45:00+00' AS created",
    );
    await ingest("corrected", corrected);
    const spine = await repo.parquet(
      "early.parquet",
      "SELECT 1001 AS driver_id, TIMESTAMPTZ '2026-01-01 00:30:00+00' + to_minutes(i) AS event_timestamp FROM range(30) t(i)",
    );
    const bitemporal = await create("known", "--spine", spine, "--filter-by-created-timestamp");
    const plain = await create("whole", "--spine", spine);
    expect([bitemporal.filterByCreatedTimestamp, plain.filterByCreatedTimestamp]).toEqual([true, false]);
    const lines = (await readFile(repo.path("known.csv"), "utf8")).split("\n");
    expect(lines.filter((line) => line.endsWith("1000000"))).toHaveLength(15);
    for (const name of ["known", "whole"]) {
      expect((await json("training-set", "reproduce", name)).identical).toBe(true);
    }
    const { differences } = await json("training-set", "diff", "known", "whole", "--no-rows");
    expect(differences.map(({ what }: { what: string }) => what)).toEqual(["filter by created timestamp", "digest"]);
    expect(await ok("training-set", "show", "known")).toContain("only what had been created by each row's time");
    const lock = JSON.parse(await readFile(repo.path("known.lock.json"), "utf8"));
    await repo.write("edited.lock.json", JSON.stringify({ ...lock, filterByCreatedTimestamp: false }));
    const edited = await icecore("--repo", repo.directory, "training-set", "reproduce", repo.path("edited.lock.json"));
    expect(edited.stderr).toContain('the lock of "known" was edited');
  });
});

describe("a catalog that knows no tags", () => {
  it("has training sets that are not protected, and says so", async () => {
    await using other = await driverRepo();
    await using catalog = await serveCatalogWithoutTags(other.path("catalog"));
    await other.write(
      "feature_store.yaml",
      `project: rides\noffline_store: { catalog: { type: rest, uri: "${catalog.uri}" } }\n`,
    );
    const there = ["--repo", other.directory];
    await icecoreOk(...there, "apply");
    await icecoreOk(...there, "ingest", view, await other.parquet("r.parquet", driverRows("2026-01-01 00:00:00+00")));
    const spine = await other.parquet("spine.parquet", spineSql);
    const args = ["training-set", "create", "loose", "--spine", spine, "--service", "driver_activity", "--json"];
    const made = await icecore(...there, ...args, "--out", other.path("loose.parquet"));
    expect([made.exitCode, JSON.parse(made.stdout).protected]).toEqual([0, false]);
    expect(made.stderr).toContain('warning: "loose" is not protected: the catalog knows no tags');
    expect(JSON.parse(await icecoreOk(...there, "training-set", "reproduce", "loose", "--json")).identical).toBe(true);
    expect(await icecoreOk(...there, "training-set", "show", "loose")).toMatch(
      /protected +no: the catalog knows no tags/,
    );
    await icecoreOk(...there, "training-set", "remove", "loose");
  });
});
