import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import type { FeatureView } from "@icecore/feature-registry";
import { Database, rewriteDataFiles } from "@icecore/iceberg-catalog/duckdb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rowsSql } from "../testing/rows-sql.ts";
import { TestProject } from "../testing/test-project.ts";
import { thrown } from "../testing/thrown.ts";
import { create, expireSnapshots, reproduce } from "../testing/training-sets.ts";
import { driverStats, viewOf } from "../testing/views.ts";
import { planDigest } from "./create.ts";
import { readLock, type TrainingSetLock, writeLock } from "./lock.ts";
import { trainingSetTag } from "./tag-snapshots.ts";

let project: TestProject;
beforeEach(async () => {
  project = await TestProject.open();
  await project.apply(driverStats);
  await ingest(driverStats, 0, 500);
});
afterEach(() => project[Symbol.asyncDispose]());

/** Rows of 20 drivers, one a minute. */
const ingest = (view: FeatureView, from: number, to: number, trips = "trips") =>
  project.ingest(view, {
    sql: `SELECT i % 20 AS driver_id, make_timestamptz(i * 60000000) AS event_timestamp, i AS ${trips}, 'city ' || i AS city,
            make_timestamptz(0) AS created FROM range(${from}, ${to}) t(i)`,
  });

const spine = {
  sql: `SELECT (i * 7) % 25 AS driver_id, make_timestamptz(i * 17000000) AS event_timestamp, nullif(i % 5, 0) AS label, i / 8 AS weight
        FROM range(2000) t(i)`,
};

describe("a training set", () => {
  it("comes out the same after everything else has changed", async () => {
    const { lock } = await create(project, driverStats, spine);
    await ingest(driverStats, 400, 900);
    const [trips, rate, city] = driverStats.features;
    if (trips === undefined || rate === undefined || city === undefined) throw new Error("it has three");
    const widened = { ...driverStats, features: [...driverStats.features, { name: "tips", type: "int", default: 3 }] };
    await project.apply(widened);
    expect(await reproduce(project, driverStats, lock)).toMatchObject({ digest: lock.result.digest, rows: 2000n });
    await project.apply({ ...driverStats, features: [trips, city] });
    await (await project.table(driverStats))
      .newTransaction()
      .updateSchema((update) => update.renameColumn("trips", "journeys"))
      .commit();
    await ingest({ ...driverStats, features: [{ ...trips, name: "journeys" }, city] }, 0, 300, "journeys");
    await expireSnapshots(project, driverStats);
    expect((await project.table(driverStats)).metadata.snapshots.length).toBe(2);
    expect(await reproduce(project, driverStats, lock)).toMatchObject({ digest: lock.result.digest });
  });

  it("has the features that were just added, before any row has them, and keeps doing so", async () => {
    const view = { ...driverStats, features: [...driverStats.features, { name: "tips", type: "int", default: 3 }] };
    await project.apply(view);
    const { lock } = await create(project, view, spine);
    expect(lock.result.columns.map((column) => column.name)).toContain("tips");
    const [row] = await project.session.rows(
      `SELECT count(tips) AS n, sum(tips) AS s FROM '${project.path("set.parquet")}'`,
    );
    expect([Number(row?.["n"]) > 0, row?.["s"]]).toEqual([true, 3n * BigInt(String(row?.["n"]))]);
    await project.apply(driverStats);
    expect(await reproduce(project, view, lock)).toMatchObject({ digest: lock.result.digest });
  });

  it("has nested features, which are told apart by what is in them", async () => {
    const features = [
      { name: "embedding", type: "list<float>" },
      { name: "home", type: "struct<lat: double, tags: map<string, int>>" },
    ];
    const view = viewOf({ name: "nested_stats", features, online: false });
    await project.apply(driverStats, view);
    const rows = (from: number, to: number) => ({
      sql: `SELECT i % 20 AS driver_id, make_timestamptz(i * 60000000) AS event_timestamp, make_timestamptz(0) AS created,
        CASE WHEN i % 7 > 0 THEN [i, NULL, i / 4]::FLOAT[] END AS embedding, {'lat': i::DOUBLE, 'tags': MAP {'a': i::INTEGER, 'b': NULL}} AS home
        FROM range(${from}, ${to}) t(i)`,
    });
    await project.ingest(view, rows(0, 500));
    const { lock } = await create(project, view, spine, { out: project.path("nested.parquet") });
    expect(lock.result.columns.slice(-2)).toMatchObject([
      { type: "FLOAT[]" },
      { type: "STRUCT(lat DOUBLE, tags MAP(VARCHAR, INTEGER))" },
    ]);
    const [found] = await project.session.rows(
      `SELECT count(*) FILTER (home.tags['a'] = home.lat AND home.tags['b'] IS NULL)::INTEGER AS same, count(home)::INTEGER AS n,
        count(embedding[3])::INTEGER AS third FROM '${project.path("nested.parquet")}'`,
    );
    expect(found).toMatchObject({ same: found?.["n"], third: expect.any(Number) });
    expect(found?.["third"]).toBeGreaterThan(100);
    await project.ingest(view, rows(0, 500));
    await rewriteDataFiles(project.session, await project.table(view), { rewriteAll: true });
    await project.apply(driverStats, {
      ...view,
      features: [{ name: "home", type: "struct<lat: double, tags: map<string, long>, x: int>" }],
    });
    expect(await reproduce(project, view, lock)).toMatchObject({ digest: lock.result.digest });
  });

  it("stays empty when its table was, whatever comes later", async () => {
    const view = { ...driverStats, name: "late_stats" };
    await project.apply(driverStats, view);
    const { lock } = await create(project, view, spine);
    expect(lock.views[0]?.snapshotId).toBe(null);
    await ingest(view, 0, 100);
    expect(await reproduce(project, view, lock)).toMatchObject({ digest: lock.result.digest });
  });

  it("has one digest, whatever the threads and the memory", async () => {
    const { lock } = await create(project, driverStats, spine);
    for (const options of [{ threads: 1 }, { threads: 2 }, { threads: 2, memoryLimit: "60MB" }]) {
      await using database = await Database.open(options);
      await using session = await database.connect();
      expect(await reproduce(project, driverStats, lock, { session })).toMatchObject({ digest: lock.result.digest });
    }
  });

  it("has a digest that anybody can compute from its rows", async () => {
    const { lock } = await create(project, driverStats, spine, { out: project.path("set.parquet") });
    const csv = project.path("canonical.csv");
    await project.session.run(`COPY (FROM '${project.path("set.parquet")}') TO '${csv}' (FORMAT csv, HEADER true)`);
    expect(lock.result.digest).toBe(
      `sha256:${createHash("sha256")
        .update(await readFile(csv))
        .digest("hex")}`,
    );
  });

  it("is written in every format with the same rows", async () => {
    const { lock } = await create(project, driverStats, spine);
    for (const name of ["again.csv", "again.ndjson", "again.parquet", "again.arrow"]) {
      await reproduce(project, driverStats, lock, { out: project.path(name) });
      expect((await readFile(project.path(name))).length).toBeGreaterThan(0);
    }
    const [rows] = await project.session.rows(`SELECT count(*) AS n FROM '${project.path("again.parquet")}'`);
    expect(rows).toEqual({ n: 2000n });
  });

  it("says everything it depended on in its lock", async () => {
    const { lock } = await create(project, driverStats, {
      sql: rowsSql({ driver_id: "BIGINT", event_timestamp: "TIMESTAMPTZ" }, [[1n, 60_000_000n]]),
    });
    const table = await project.table(driverStats);
    expect(lock.views[0]?.tableUuid).toBe(table.metadata.tableUuid);
    expect(lock.views[0]?.snapshotId).toBe(String(table.currentSnapshot()?.snapshotId));
    expect(table.snapshotByRef(trainingSetTag("set"))).toEqual(table.currentSnapshot());
    expect({
      ...lock,
      planDigest: "sha256",
      views: lock.views.map((view) => ({ ...view, tableUuid: "uuid", snapshotId: "id" })),
      engines: "versions",
    }).toMatchSnapshot();
    await writeLock(project.path("set.lock.json"), lock);
    expect(await readLock(project.path("set.lock.json"))).toEqual(lock);
  });
});

describe("a training set that cannot be made", () => {
  it("leaves neither a file nor a tag", async () => {
    const failing = { sql: "SELECT 1 AS driver_id, now() AS event_timestamp, error('stop') AS label" };
    await thrown(() => create(project, driverStats, failing));
    expect(await thrown(() => create(project, driverStats, spine, { out: project.path("set.xlsx") }))).toMatch(
      /^UNSUPPORTED: .*set.xlsx: cannot tell the format to write/,
    );
    expect(await thrown(() => create(project, driverStats, spine, { out: project.path("no/such/set.csv") }))).toMatch(
      /^FILE_NOT_FOUND: writing .*no such file/,
    );
    expect(Object.keys((await project.table(driverStats)).metadata.refs)).toEqual(["main"]);
    expect(execFileSync("ls", [project.directory]).toString()).toBe("catalog\n");
  });

  it("has the name of another", async () => {
    await create(project, driverStats, spine);
    expect(await thrown(() => create(project, driverStats, spine))).toMatchInlineSnapshot(
      `"OUTPUT_EXISTS: a training set "set" was made from test.driver_stats before; choose another name, or run icecore training-set remove set"`,
    );
  });
});

describe("a training set that cannot be made again", () => {
  let lock: TrainingSetLock;
  beforeEach(async () => {
    ({ lock } = await create(project, driverStats, spine));
  });

  const hide = () => ({
    [String(lock.views[0]?.snapshotId)]: "ID",
    [lock.result.digest]: "DIGEST",
    [`${project.directory}/`]: "",
  });
  const failure = (changed: TrainingSetLock, input = spine) =>
    thrown(() => reproduce(project, driverStats, changed, { input, out: project.path("again.csv") }), hide());

  it("says why", async () => {
    expect(await failure(lock, { sql: `${spine.sql} LIMIT 3` })).toMatchInlineSnapshot(
      `"DIGEST_DIFFERS: the spine of "set" has changed (the query's result); restore the rows it had"`,
    );
    const labelled = { sql: `SELECT * REPLACE (label::VARCHAR AS label) FROM (${spine.sql})` };
    expect(await failure(lock, labelled)).toMatchInlineSnapshot(
      `"DIGEST_DIFFERS: "set" cannot be reproduced: columns (driver_id BIGINT, event_timestamp TIMESTAMP WITH TIME ZONE, label BIGINT, weight DOUBLE, trips BIGINT, rate DOUBLE, city VARCHAR) became (driver_id BIGINT, event_timestamp TIMESTAMP WITH TIME ZONE, label VARCHAR, weight DOUBLE, trips BIGINT, rate DOUBLE, city VARCHAR) (locked DIGEST, now DIGEST)"`,
    );
    const [view] = lock.views;
    if (view === undefined) throw new Error("it has one");
    expect(
      await failure({
        ...lock,
        views: [],
        planDigest: planDigest({ ...lock, views: [], spineDigest: lock.spine.digest }),
      }),
    ).toMatchInlineSnapshot(
      `"LOCK_INVALID: the lock of "set" pins no snapshot for "driver_stats"; restore it from version control"`,
    );
    expect(await failure({ ...lock, views: [{ ...view, snapshotId: null }] })).toMatchInlineSnapshot(
      `"LOCK_INVALID: the lock of "set" was edited: its views and its spine are not those of its plan digest; restore it from version control"`,
    );
    const edited = { ...lock, result: { ...lock.result, rows: 7, digest: `sha256:${"0".repeat(64)}` } };
    expect(await failure(edited)).toMatchInlineSnapshot(
      `"DIGEST_DIFFERS: "set" cannot be reproduced: 7 rows became 2000 (locked sha256:0000000000000000000000000000000000000000000000000000000000000000, now DIGEST)"`,
    );
    await ingest(driverStats, 0, 10);
    await expireSnapshots(project, driverStats, trainingSetTag("set"));
    expect(await failure(lock)).toMatchInlineSnapshot(
      `"DIGEST_DIFFERS: snapshot ID of test.driver_stats has expired, although the tag training-set-set should have kept it; the training set "set" cannot be made again"`,
    );
    await project.project.catalog.dropTable((await project.table(driverStats)).identifier);
    expect(await failure(lock)).toMatchInlineSnapshot(
      `"DIGEST_DIFFERS: table test.driver_stats is gone, of which the training set "set" was made; restore it with its history"`,
    );
    await project.apply(driverStats);
    expect(await failure(lock)).toMatchInlineSnapshot(
      `"DIGEST_DIFFERS: table test.driver_stats is another one than the training set "set" was made from: it was dropped and created again, and its history is gone"`,
    );
  });

  it("has a lock that cannot be read", async () => {
    const path = project.path("bad.lock.json");
    const refused = () => thrown(() => readLock(path), hide());
    expect(await refused()).toMatchInlineSnapshot(`"FILE_NOT_FOUND: bad.lock.json: no such lock file"`);
    await writeFile(path, '{"format": ');
    expect(await refused()).toMatchInlineSnapshot(
      `"LOCK_INVALID: bad.lock.json: is no JSON; restore it from version control"`,
    );
    await writeFile(path, JSON.stringify({ ...lock, spine: { ...lock.spine, digest: "sha256:x" } }));
    expect(await refused()).toMatchInlineSnapshot(
      `"LOCK_INVALID: bad.lock.json: spine.digest: Invalid string: must match pattern /^sha256:[0-9a-f]{64}$/; restore it from version control"`,
    );
    await writeFile(path, JSON.stringify({ ...lock, format: "icecore-training-set/2" }));
    expect(await refused()).toMatchInlineSnapshot(
      `"LOCK_INVALID: bad.lock.json: format: Invalid input: expected "icecore-training-set/1"; restore it from version control"`,
    );
  });
});
