import { readdir, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { driverRepo, driverRows, type TestRepo } from "../support/driver-repo.ts";
import { icecore, icecoreOk } from "../support/icecore.ts";

let repo: TestRepo;
const view = "driver_hourly_stats";
const run = (...args: string[]) => icecore("--repo", repo.directory, ...args);
const maintain = async (...args: string[]) =>
  JSON.parse(await icecoreOk("--repo", repo.directory, "--json", "maintain", view, ...args));
const rows = () =>
  icecoreOk("--repo", repo.directory, "query", `SELECT * FROM ${view} ORDER BY ALL`, "--format", "csv");
const warehouse = async () => (await readdir(repo.path(".icecore/warehouse"), { recursive: true })).sort();

beforeAll(async () => {
  repo = await driverRepo();
  await icecoreOk("--repo", repo.directory, "apply");
  for (let hour = 0; hour < 6; hour++) {
    const file = await repo.parquet(`${hour}.parquet`, driverRows(`2026-01-01 0${hour}:00:00+00`, 1));
    await icecoreOk("--repo", repo.directory, "ingest", view, file);
  }
  await icecoreOk("--repo", repo.directory, "tag", view, "release");
});
afterAll(() => repo[Symbol.asyncDispose]());

describe("maintain", () => {
  it("wants to be told what to do", async () => {
    const refused = await run("maintain", view);
    expect([refused.exitCode, refused.stderr]).toEqual([
      2,
      "error: say what to do: --compact, --expire-older-than, --remove-orphans, or several\n",
    ]);
    expect((await run("maintain", view, "--compact", "--expire-older-than", "soon")).stderr).toContain(
      '"soon" is no duration',
    );
    expect((await run("maintain", "drivers", "--compact")).stderr).toMatch(/^error: no feature view "drivers"/);
  });

  it("compacts, expires and removes orphans, after it has said what it would do", async () => {
    const before = await rows();
    const [data] = (await warehouse()).filter((name) => name.endsWith(".parquet") && name.includes(view));
    const orphan = repo.path(join(".icecore/warehouse", dirname(data ?? ""), "left-behind.parquet"));
    const young = orphan.replace("left-behind", "under-way");
    for (const path of [orphan, young]) await writeFile(path, "rows");
    const old = new Date(Date.now() - 10 * 86_400_000);
    await utimes(orphan, old, old);
    const there = await warehouse();

    const everything = ["--compact", "--expire-older-than", "0s", "--remove-orphans"];
    const planned = await maintain(...everything, "--dry-run");
    expect(planned).toMatchObject({
      dryRun: true,
      compacted: { rewrittenFiles: 6 },
      orphans: { files: [expect.stringContaining("left-behind")], bytes: 4 },
    });
    expect(await warehouse()).toEqual(there);
    const text = await icecoreOk("--repo", repo.directory, "maintain", view, ...everything, "--dry-run");
    expect(text.replaceAll(/\(.*?\)/g, "(SIZE)")).toMatchInlineSnapshot(`
      "Would rewrite 6 data files of driver_hourly_stats (SIZE).
      Would remove 5 snapshots of driver_hourly_stats, and 5 files that only they needed.
      Would remove 1 file that no snapshot of driver_hourly_stats needs (SIZE).
      "
    `);

    const done = await maintain(...everything);
    expect(done).toMatchObject({ view, dryRun: false, compacted: { rewrittenFiles: 6, addedFiles: 1 }, failed: [] });
    expect(done.orphans).toEqual(planned.orphans);
    // The tagged snapshot, which the compaction has left behind, stays.
    expect(done.snapshotIds).toHaveLength(planned.snapshotIds.length);
    expect(await rows()).toBe(before);
    expect((await warehouse()).filter((name) => /left-behind|under-way/.test(name))).toEqual([
      expect.stringContaining("under-way"),
    ]);
    const history = JSON.parse(await icecoreOk("--repo", repo.directory, "--json", "history", view));
    expect(history.map((entry: { refs: string[] }) => entry.refs)).toEqual([["main"], ["release"]]);
    const tagged = `SELECT * FROM ${view} ORDER BY ALL`;
    expect(await icecoreOk("--repo", repo.directory, "query", tagged, "--tag", "release", "--format", "csv")).toBe(
      before,
    );
    expect(await maintain(...everything)).toMatchObject({
      compacted: { rewrittenFiles: 0 },
      snapshotIds: [],
      orphans: { files: [] },
    });
  });

  it("leaves what was materialized up to date", async () => {
    await icecoreOk("--repo", repo.directory, "materialize");
    for (let hour = 0; hour < 5; hour++) {
      const file = await repo.parquet(`late${hour}.parquet`, driverRows(`2026-01-01 1${hour}:00:00+00`, 1));
      await icecoreOk("--repo", repo.directory, "ingest", view, file);
    }
    expect((await maintain("--compact")).compacted.rewrittenFiles).toBe(6);
    const [summary] = JSON.parse(await icecoreOk("--repo", repo.directory, "--json", "materialize"));
    expect(summary).toMatchObject({ view, mode: "incremental", written: 5 });
  });

  it("keeps what older rows have of a feature that came with a default, and so does an upsert", async () => {
    await icecoreOk(
      "--repo",
      repo.directory,
      "add",
      "feature",
      `${view}.rating`,
      "--type",
      "double",
      "--default",
      "4.5",
    );
    const ratings = async () =>
      JSON.parse(
        await icecoreOk(
          "--repo",
          repo.directory,
          "--json",
          "query",
          `SELECT rating, count(*)::INT AS n FROM ${view} GROUP BY 1`,
        ),
      );
    expect(await ratings()).toEqual([{ rating: 4.5, n: 55 }]);
    const file = await repo.parquet(
      "fix.parquet",
      `SELECT *, 5::DOUBLE AS rating FROM (${driverRows("2026-01-01 03:00:00+00", 1)}) LIMIT 1`,
    );
    const upserted = await icecoreOk("--repo", repo.directory, "ingest", view, file, "--mode", "upsert");
    expect(upserted).toMatch(/: 0 rows inserted, 1 updated, 0 unchanged, snapshot \d+\.\n$/);
    expect(await ratings()).toEqual(
      expect.arrayContaining([
        { rating: 4.5, n: 54 },
        { rating: 5, n: 1 },
      ]),
    );
    for (let hour = 0; hour < 5; hour++) {
      const late = await repo.parquet(
        `new${hour}.parquet`,
        `SELECT *, 3::DOUBLE AS rating FROM (${driverRows(`2026-01-01 2${hour % 4}:00:00+00`, 1)})`,
      );
      await icecoreOk("--repo", repo.directory, "ingest", view, late);
    }
    expect((await maintain("--compact")).compacted.rewrittenFiles).toBeGreaterThan(5);
    expect(await ratings()).toEqual(
      expect.arrayContaining([
        { rating: 4.5, n: 54 },
        { rating: 5, n: 1 },
        { rating: 3, n: 25 },
      ]),
    );
  });
});
