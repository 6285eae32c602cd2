import { startRedis } from "@icecore/online-sync/testing";
import { describe, expect, inject, it } from "vitest";
import { driverRepo, driverRows } from "../support/driver-repo.ts";
import { icecoreOk } from "../support/icecore.ts";

describe("a feature store whose online store is Redis", () => {
  it("materializes into Redis, and reads from it", async () => {
    await using redis = await startRedis(inject("redisServer"));
    await using repo = await driverRepo();
    await repo.write(
      "feature_store.yaml",
      `project: rides\nonline_store: { type: redis, connection_string: "${redis.connectionString}" }\n`,
    );
    const run = async (...args: string[]) => JSON.parse(await icecoreOk("--repo", repo.directory, "--json", ...args));
    await run("apply");
    await run("ingest", "driver_hourly_stats", await repo.parquet("day.parquet", driverRows("2026-01-01 00:00:00+00")));
    expect((await run("materialize"))[0]).toMatchObject({ rows: 5, written: 5 });
    const get = ["online", "get", "--service", "driver_activity", "--entity", "driver_id=1005"];
    const [entity] = await run(...get, "--now", "2026-01-02T00:00:00Z");
    expect(
      entity.features.map((feature: { value: unknown; status: string }) => [feature.value, feature.status]),
    ).toEqual([
      [Math.fround(0.4 + 0.23), "PRESENT"],
      [0.5, "PRESENT"],
      [423, "PRESENT"],
    ]);
    const [expired] = await run(...get, "--now", "2026-01-03T00:00:00Z");
    expect(expired.features[0]).toMatchObject({ value: null, status: "OUTSIDE_MAX_AGE" });
  });

  it("migrates to another layout and back", async () => {
    await using redis = await startRedis(inject("redisServer"));
    await using repo = await driverRepo();
    const configure = (layout: string) =>
      repo.write(
        "feature_store.yaml",
        `project: rides\nonline_store: { type: redis, connection_string: "${redis.connectionString}", layout: ${layout} }\n`,
      );
    const run = async (...args: string[]) => JSON.parse(await icecoreOk("--repo", repo.directory, "--json", ...args));
    const get = ["online", "get", "--service", "driver_activity", "--entity", "driver_id=1005"];
    const read = () => run(...get, "--now", "2026-01-02T00:00:00Z");
    await configure("feast");
    await run("apply");
    await run("ingest", "driver_hourly_stats", await repo.parquet("day.parquet", driverRows("2026-01-01 00:00:00+00")));
    await run("materialize");
    const before = await read();
    expect(await run("online", "migrate", "--to", "packed")).toMatchObject([{ rows: 5, written: 5, removed: false }]);
    await configure("packed");
    expect(await read()).toEqual(before);
    expect((await run("materialize"))[0]).toMatchObject({ mode: "incremental", written: 0 });
    expect(await run("online", "migrate", "--to", "feast", "--remove-source")).toMatchObject([{ removed: true }]);
    await configure("feast");
    expect(await read()).toEqual(before);
  });

  it("says so when Redis is not there", async () => {
    await using repo = await driverRepo();
    await repo.write(
      "feature_store.yaml",
      `project: rides\nonline_store: { type: redis, connection_string: "localhost:1" }\n`,
    );
    await icecoreOk("--repo", repo.directory, "apply");
    await expect(icecoreOk("--repo", repo.directory, "materialize")).rejects.toThrow(/localhost:1/);
  });
});
