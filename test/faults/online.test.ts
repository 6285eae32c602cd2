import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { type FeatureStore, openFeatureStore } from "@icecore/api";
import { startRedis, type TestRedis } from "@icecore/online-sync/testing";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { driverRepo, type TestRepo } from "../support/driver-repo.ts";
import { startIcecore } from "../support/icecore-process.ts";

const view = "driver_hourly_stats";
const drivers = 20_000;

let redis: TestRedis;
let repo: TestRepo;
let store: FeatureStore;

beforeEach(async () => {
  redis = await startRedis(inject("redisServer"));
  repo = await driverRepo();
  await repo.write(
    "feature_store.yaml",
    `project: rides\nonline_store: { type: redis, connection_string: "${redis.connectionString}" }\n`,
  );
  store = await open();
  await store.apply(await store.plan());
  await ingest("2026-01-01 00:00:00+00", drivers);
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  redis.resume();
  await redis[Symbol.asyncDispose]();
  await repo[Symbol.asyncDispose]();
});

const open = () => openFeatureStore({ repo: repo.directory, now: () => new Date("2026-01-01T12:00:00Z") });

const ingest = (time: string, count: number) =>
  store.ingest(view, {
    sql: `SELECT d AS driver_id, TIMESTAMPTZ '${time}' AS event_timestamp, (d % 7)::FLOAT AS conv_rate,
      CASE WHEN d % 3 > 0 THEN 0.5::FLOAT END AS acc_rate, d AS avg_daily_trips FROM range(${count}) t(d)`,
  });

/** Runs, and does something to the world once the first rows are written. */
async function materializeAnd(disturb: () => Promise<void> | void): Promise<string> {
  let disturbed: Promise<void> | undefined;
  const run = store.materialize({
    onProgress: () => {
      disturbed ??= Promise.resolve(disturb());
    },
  });
  const outcome = await run.then(
    () => "done",
    (error: { readonly code?: string }) => error.code ?? String(error),
  );
  await disturbed;
  return outcome;
}

/** The next run completes what was interrupted, and then nothing is wrong. */
async function expectCompleted(sampled = drivers): Promise<void> {
  await store.materialize();
  expect(await store.verify(view, { sample: drivers })).toMatchObject({
    sampled,
    matching: sampled,
    faultRate: 0,
    extra: 0,
  });
}

describe("a materialization is completed by the next run", () => {
  it("after Redis was killed, and came back empty", async () => {
    expect(await materializeAnd(() => redis.kill())).toMatch(/STORE_UNAVAILABLE|RUN_LOST/);
    expect(await store.materialize().catch(({ code }) => code)).toBe("STORE_UNAVAILABLE");
    await redis.start();
    await expectCompleted();
  });

  it("after Redis was restarted in the middle, and forgot the first half", async () => {
    expect(
      await materializeAnd(async () => {
        await redis.kill();
        await redis.start();
      }),
    ).toMatch(/STORE_UNAVAILABLE|RUN_LOST/);
    await expectCompleted();
  });

  it("after Redis was full", async () => {
    await redis.command("CONFIG SET maxmemory 4mb");
    expect(await materializeAnd(() => {})).toBe("STORE_FULL");
    await redis.command("CONFIG SET maxmemory 0");
    await expectCompleted();
  });

  it("or by itself, when Redis only paused", async () => {
    const outcome = await materializeAnd(async () => {
      redis.pause();
      await setTimeout(1500);
      redis.resume();
    });
    expect(outcome).toBe("done");
    await expectCompleted();
  });

  it("after its process was killed, wherever it was", { timeout: 120_000 }, async () => {
    for (const turn of [1, 2, 3]) {
      const child = startIcecore({}, "--repo", repo.directory, "materialize", "--watch", "--interval", "0.01");
      // The run begins some time after the process says that it follows the catalog: each time, a little later.
      await once(child.stderr as NodeJS.ReadableStream, "data");
      await setTimeout(turn * 40);
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      expect(await exited).toEqual([null, "SIGKILL"]);
      await store.rollBack(view, (await store.history(view)).at(-1)?.snapshotId ?? (0n as never));
      await ingest("2026-01-01 06:00:00+00", drivers / 2);
      await expectCompleted();
    }
  });
});

describe("two at once", () => {
  it("of two runs one goes first, and the other hears of it", async () => {
    await using second = await open();
    const both = await Promise.allSettled([store.materialize(), second.materialize()]);
    const codes = both.map((run) => (run.status === "rejected" ? run.reason.code : "done")).sort();
    expect(codes).toEqual(["MATERIALIZATION_RUNNING", "done"]);
    await expectCompleted();
  });

  it("a push is not undone by a run that began before it", async () => {
    await store.materialize();
    const push = async () => {
      const rows = [
        { driver_id: 5, event_timestamp: "2026-01-01T11:00:00Z", avg_daily_trips: 1, created: "2030-01-01T00:00:00Z" },
      ];
      await store.push(view, { rows }, { to: "online" });
    };
    let pushed: Promise<void> | undefined;
    await store.materialize({
      full: true,
      onProgress: () => {
        pushed ??= push();
      },
    });
    await pushed;
    const { vectors } = await store.getOnlineFeatures({
      features: [`${view}:avg_daily_trips`],
      entities: [{ driver_id: 5 }, { driver_id: 6 }],
    });
    expect(vectors).toEqual([{ avg_daily_trips: 1n }, { avg_daily_trips: 6n }]);
    expect(await store.verify(view, { sample: drivers })).toMatchObject({
      matching: drivers - 1,
      ahead: 1,
      faultRate: 0,
    });
  });
});
