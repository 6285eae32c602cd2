import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { ProjectCatalog } from "@icecore/feature-registry";
import { equalTo, expireSnapshots, localFileIO, RestCatalog, timestampMs } from "@icecore/iceberg-catalog";
import { Database, deleteRows, equalityDelete, rewriteDataFiles } from "@icecore/iceberg-catalog/duckdb";
import { openEmbeddedCatalog } from "@icecore/iceberg-catalog/server";
import { contentDigest, readLock, type TrainingSetLock, writeLock } from "@icecore/offline-store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { driverRepo, driverRows, type TestRepo } from "../support/driver-repo.ts";
import { icecore, icecoreOk } from "../support/icecore.ts";

let repo: TestRepo;
const ok = (...args: string[]) => icecoreOk("--repo", repo.directory, ...args);
const json = async (...args: string[]) => JSON.parse(await ok("--json", ...args));
const complaint = async (...args: string[]) => {
  const { exitCode, stderr } = await icecore("--repo", repo.directory, ...args);
  expect(exitCode).toBe(1);
  return stderr
    .replaceAll(/\b\d{15,}\b/g, "ID")
    .replaceAll(/sha256:[0-9a-f]+/g, "DIGEST")
    .replaceAll(repo.directory, "REPO");
};
const view = "driver_hourly_stats";
const spineSql =
  "SELECT 1001 + i % 6 AS driver_id, TIMESTAMPTZ '2026-01-01 00:30:00+00' + to_minutes(i * 7) AS event_timestamp, i / 3 AS weight, 'l' || i AS label FROM range(400) t(i)";

/** What somebody does with the tables behind the feature store's back. */
async function withProject<T>(use: (project: ProjectCatalog) => Promise<T>): Promise<T> {
  const embedded = await openEmbeddedCatalog({ path: repo.path(".icecore") });
  try {
    const catalog = await RestCatalog.connect({ uri: "http://embedded", fetch: embedded.fetch });
    return await use(new ProjectCatalog(catalog, localFileIO(), ["rides"]));
  } finally {
    await embedded.close();
  }
}

const create = (name: string, ...args: string[]) =>
  json("training-set", "create", name, "--spine", repo.path("spine.parquet"), "--service", "driver_activity", ...args);

beforeAll(async () => {
  repo = await driverRepo();
  await ok("apply");
  for (const day of ["01", "02"]) {
    await ok("ingest", view, await repo.parquet(`${day}.parquet`, driverRows(`2026-01-${day} 00:00:00+00`)));
  }
  await repo.parquet("spine.parquet", spineSql);
});
afterAll(() => repo[Symbol.asyncDispose]());

describe("a training set", () => {
  it("comes out byte for byte the same after everything that may change has changed", async () => {
    const { result } = await create("first", "--out", repo.path("first.csv"));
    const changes: Readonly<Record<string, () => Promise<unknown>>> = {
      "late rows": async () =>
        ok("ingest", view, await repo.parquet("late.parquet", driverRows("2026-01-01 00:10:00+00", 30))),
      "rows deleted by equality": () =>
        changeRows((session, table) =>
          equalityDelete(
            session,
            table,
            { sql: "SELECT 1002::BIGINT AS driver_id, TIMESTAMPTZ '2026-01-01 05:00:00+00' AS event_timestamp" },
            { on: ["driver_id", "event_timestamp"] },
          ),
        ),
      "rows deleted by position": () =>
        changeRows((session, table) => deleteRows(session, table, equalTo("driver_id", 1003n))),
      compaction: () => changeRows((session, table) => rewriteDataFiles(session, table, { minInputFiles: 1 })),
      "a feature added": () => ok("add", "feature", `${view}.rating`, "--type", "double", "--default", "4.5"),
      "a column renamed": () =>
        withProject(async (project) => {
          const table = await project.loadTable(view);
          await table
            .newTransaction()
            .updateSchema((update) => update.renameColumn("conv_rate", "rate"))
            .commit();
        }),
      "features dropped, in another version of the registry": async () => {
        const definitions = (await readFile(repo.path("features.ts"), "utf8")).replace(
          /features: \{[^}]*\{?[^}]*\}?[^}]*\},/,
          'features: { rate: "float" },',
        );
        await writeFile(repo.path("features.ts"), definitions);
        await ok("apply", "--allow-destructive");
      },
      "expiry of all that no tag keeps, of the registry's snapshots as well": () =>
        withProject(async (project) => {
          for (const name of [view, "icecore_registry"]) {
            await expireSnapshots(await project.loadTable(name), {
              olderThan: timestampMs(Date.now() + 1000),
              retainLast: 1,
            });
          }
        }),
    };
    for (const [what, change] of Object.entries(changes)) {
      await change();
      expect(await json("training-set", "reproduce", "first"), what).toMatchObject({
        digest: result.digest,
        identical: true,
      });
    }
    for (const limits of ["{ threads: 1 }", "{ threads: 2, memory_limit: 64MB }"]) {
      await writeFile(repo.path("feature_store.yaml"), `project: rides\noffline_store: ${limits}\n`);
      await ok("training-set", "reproduce", "first", "--out", repo.path("again.csv"));
      expect(await readFile(repo.path("again.csv"))).toEqual(await readFile(repo.path("first.csv")));
    }
    await writeFile(repo.path("feature_store.yaml"), "project: rides\n");
  });

  it("comes out the same from a lock that was copied elsewhere with its spine", async () => {
    await mkdir(repo.path("elsewhere"));
    await copyFile(repo.path("first.lock.json"), repo.path("elsewhere/first.lock.json"));
    expect(await complaint("training-set", "reproduce", repo.path("elsewhere/first.lock.json"))).toBe(
      "error: REPO/elsewhere/spine.parquet: no such file\n",
    );
    await copyFile(repo.path("spine.parquet"), repo.path("elsewhere/spine.parquet"));
    expect((await json("training-set", "reproduce", repo.path("elsewhere/first.lock.json"))).identical).toBe(true);
  });
});

describe("the rows of a training set", () => {
  const digestOf = async (sql: string): Promise<string> => {
    await using database = await Database.open();
    await using session = await database.connect();
    return await contentDigest(session, sql);
  };

  it("can be a directory of Parquet files, in order", async () => {
    const { result } = await create("parts", "--out", repo.path("parts/"), "--rows-per-file", "150");
    expect(await readdir(repo.path("parts"))).toEqual([
      "part-00000.parquet",
      "part-00001.parquet",
      "part-00002.parquet",
    ]);
    expect(await digestOf(`SELECT * FROM read_parquet('${repo.path("parts")}/*.parquet')`)).toBe(result.digest);
    await json("training-set", "reproduce", "parts", "--out", repo.path("again/"), "--rows-per-file", "399");
    expect(await readdir(repo.path("again"))).toHaveLength(2);
    expect(await complaint("training-set", "reproduce", "parts", "--out", repo.path("parts/"))).toBe(
      "error: REPO/parts is there already and not an empty directory; name another\n",
    );
  });

  it("can be an Iceberg table, which queries read", async () => {
    const { result, table } = await create("saved", "--table", "first_set");
    expect(table).toMatchObject({ name: "rides.first_set", snapshotId: expect.stringMatching(/^\d+$/) });
    await ok(
      "query",
      "SELECT * EXCLUDE spine_row FROM first_set ORDER BY spine_row",
      "--out",
      repo.path("saved.parquet"),
    );
    expect(await digestOf(`SELECT * FROM '${repo.path("saved.parquet")}'`)).toBe(result.digest);
    expect(
      await complaint(
        "training-set",
        "create",
        "other",
        "--spine",
        repo.path("spine.parquet"),
        "--service",
        "driver_activity",
        "--table",
        "first_set",
      ),
    ).toBe("error: rides.first_set is a table already; save the training set under another name\n");
    expect(await readdir(repo.directory)).not.toContain("other.lock.json");
    const unsettled = await icecore(
      "--repo",
      repo.directory,
      "training-set",
      "create",
      "x",
      "--spine",
      "s.csv",
      "--service",
      "driver_activity",
    );
    expect([unsettled.exitCode, unsettled.stderr]).toEqual([2, "error: give --out or --table, or both\n"]);
  });
});

describe("two training sets", () => {
  it("differ in what they were made of, and in rows", async () => {
    await ok(
      "ingest",
      view,
      await repo.parquet(
        "more.parquet",
        driverRows("2026-01-01 00:20:00+00", 5).replace(/conv_rate, .* AS avg_daily_trips/s, "rate"),
      ),
    );
    await create("second", "--out", repo.path("second.parquet"));
    await repo.parquet("half.parquet", `SELECT * FROM (${spineSql}) WHERE label <> 'l7' AND weight < 90`);
    await json(
      "training-set",
      "create",
      "half",
      "--spine",
      repo.path("half.parquet"),
      "--features",
      `${view}:rate`,
      "--out",
      repo.path("half.parquet.csv"),
    );
    const diff = await json("training-set", "diff", "saved", "second");
    expect(diff.differences.map((difference: { what: string }) => difference.what)).toEqual([
      `snapshot of ${view}`,
      "digest",
    ]);
    expect(diff.rows).toMatchObject({ matchedBy: "position", matched: 400, onlyInA: 0, onlyInB: 0 });
    expect(diff.rows.changed).toEqual([{ column: "rate", rows: expect.any(Number), firstRow: expect.any(Number) }]);
    expect((await json("training-set", "diff", "second", "half")).rows).toEqual({
      matchedBy: "spine",
      matched: 269,
      onlyInA: 131,
      onlyInB: 0,
      changed: [],
    });
    const text = await ok("training-set", "diff", "first", "second");
    expect(text).toContain(`feature ${view}:acc_rate`);
    expect(text).toContain("400 rows matched by their position in the same spine, 0 only in first, 0 only in second.");
    expect(await json("training-set", "diff", "first", "first", "--no-rows")).toEqual({ differences: [] });
    expect(await ok("training-set", "diff", "first", "first")).toContain("Made of the same.");
  });

  it("are listed and shown", async () => {
    expect((await json("training-set", "list")).map(({ name }: { name: string }) => name)).toEqual([
      "first",
      "half",
      "parts",
      "saved",
      "second",
    ]);
    expect(await json("training-set", "show", "first")).toMatchObject({
      name: "first",
      format: "icecore-training-set/1",
    });
    const shown = (await ok("training-set", "show", "saved"))
      .replaceAll(/\b\d{15,}\b/g, "ID")
      .replaceAll(/sha256:[0-9a-f]+/g, "DIGEST");
    expect(
      shown
        .replace(/created .*/, "created")
        .replace(/made by .*/, "made by")
        .replace(/spine {2}.*spine.parquet/, "spine  spine.parquet"),
    ).toMatchInlineSnapshot(`
      "name                 saved
      created
      spine  spine.parquet (400 rows, time event_timestamp)
      spine digest         DIGEST
      driver_hourly_stats  rides.driver_hourly_stats at snapshot ID, schema 3, by driver_id, ttl 86400 s: rate
      protected            yes: tags keep the snapshots
      registry             version 3 of rides
      result               400 rows of driver_id BIGINT, event_timestamp TIMESTAMP WITH TIME ZONE, weight DOUBLE, label VARCHAR, rate FLOAT
      digest               DIGEST
      table                rides.first_set at snapshot ID
      made by
      "
    `);
  });
});

describe("a training set that cannot be made again", () => {
  const lockPath = (name: string) => repo.path(`${name}.lock.json`);
  const edit = async (name: string, as: string, change: (lock: TrainingSetLock) => TrainingSetLock) =>
    writeLock(lockPath(as), change(await readLock(lockPath(name))));
  const reproduce = (name: string) => complaint("training-set", "reproduce", name);

  it("says what differs", async () => {
    await edit("second", "other-spine", (lock) => ({
      ...lock,
      spine: { ...lock.spine, input: { files: ["half.parquet"] } },
    }));
    expect(await reproduce("other-spine")).toMatchInlineSnapshot(`
      "error: the spine of "second" has changed (half.parquet); restore the rows it had
      "
    `);
    await edit("second", "edited", (lock) => ({
      ...lock,
      views: lock.views.map((locked) => ({ ...locked, ttlSeconds: 5 })),
    }));
    expect(await reproduce("edited")).toMatchInlineSnapshot(`
      "error: the lock of "second" was edited: its views and its spine are not those of its plan digest; restore it from version control
      "
    `);
    await edit("second", "other-engine", (lock) => ({
      ...lock,
      engines: { icecore: "0.0.9", duckdb: "v1.0.0" },
      result: { ...lock.result, digest: `sha256:${"0".repeat(64)}` },
    }));
    expect((await reproduce("other-engine")).replace(/this is .*?\(/, "this is US (")).toMatchInlineSnapshot(`
      "error: "second" cannot be reproduced: it was made by icecore 0.0.9 with DuckDB v1.0.0, and this is US (locked sha256:ID, now DIGEST)
      "
    `);
    await edit("second", "other-columns", (lock) => ({
      ...lock,
      result: {
        ...lock.result,
        rows: 7,
        columns: [{ name: "driver_id", type: "INTEGER" }],
        digest: `sha256:${"0".repeat(64)}`,
      },
    }));
    expect(await reproduce("other-columns")).toMatchInlineSnapshot(`
      "error: "second" cannot be reproduced: 7 rows became 400; columns (driver_id INTEGER) became (driver_id BIGINT, event_timestamp TIMESTAMP WITH TIME ZONE, weight DOUBLE, label VARCHAR, rate FLOAT) (locked sha256:ID, now DIGEST)
      "
    `);
    await edit("second", "gone-version", (lock) => ({ ...lock, registry: { ...lock.registry, version: 99 } }));
    expect(await reproduce("gone-version")).toMatchInlineSnapshot(`
      "error: the registry in "rides" has no version 99; icecore registry history lists those that it has
      "
    `);
    await edit("first", "old-version", (lock) => ({ ...lock, registry: { ...lock.registry, version: 3 } }));
    expect(await reproduce("old-version")).toMatchInlineSnapshot(`
      "error: "first" cannot be reproduced: version 3 of the registry has another features of "driver_hourly_stats" (locked [{"feature":"conv_rate","output":"conv_rate"},{"feature":"acc_rate","output":"acc_rate"},{"feature":"avg_daily_trips","output":"avg_daily_trips"}], now [{"feature":"rate","output":"rate"}]); restore the registry's table
      "
    `);
  });

  it("has lost its snapshot", async () => {
    await withProject(async (project) => {
      const table = await project.loadTable(view);
      const untagged = await table.newTransaction().removeRef("training-set-first").commit();
      await expireSnapshots(untagged, { olderThan: timestampMs(Date.now() + 1000), retainLast: 1 });
    });
    expect(await reproduce("first")).toMatchInlineSnapshot(`
      "error: snapshot ID of rides.driver_hourly_stats has expired, although the tag training-set-first should have kept it; the training set "first" cannot be made again
      "
    `);
  });

  it("has lost its table", async () => {
    await withProject((project) => project.catalog.dropTable(project.identifier(view)));
    expect(await reproduce("second")).toMatchInlineSnapshot(`
      "error: table rides.driver_hourly_stats is gone, of which the training set "second" was made; restore it with its history
      "
    `);
    await ok("apply");
    expect(await reproduce("second")).toMatchInlineSnapshot(`
      "error: table rides.driver_hourly_stats is another one than the training set "second" was made from: it was dropped and created again, and its history is gone
      "
    `);
  });
});

type Work = (
  session: Awaited<ReturnType<Database["connect"]>>,
  table: Awaited<ReturnType<ProjectCatalog["loadTable"]>>,
) => Promise<unknown>;

async function changeRows(work: Work): Promise<void> {
  await using database = await Database.open();
  await using session = await database.connect();
  await withProject(async (project) => work(session, await project.loadTable(view)));
}
