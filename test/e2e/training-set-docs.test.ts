import { Database } from "@icecore/iceberg-catalog/duckdb";
import { expect, it } from "vitest";
import { pageBlocks } from "../support/doc-blocks.ts";
import { driverRepo, driverRows } from "../support/driver-repo.ts";
import { icecoreOk } from "../support/icecore.ts";

it("the digest is recomputed by what the documentation says", async () => {
  const blocks = await pageBlocks("docs/training-sets.md");
  const statements = blocks.find(({ language }) => language === "sql")?.text ?? "";
  await using repo = await driverRepo();
  const ok = (...args: string[]) => icecoreOk("--repo", repo.directory, "--json", ...args);
  await ok("apply");
  await ok("ingest", "driver_hourly_stats", await repo.parquet("day.parquet", driverRows("2026-01-01 00:00:00+00")));
  const spine = await repo.parquet(
    "spine.parquet",
    `SELECT 1001 + i % 6 AS driver_id, TIMESTAMPTZ '2026-01-01 00:30:00.5+00' + to_minutes(i * 7) AS event_timestamp,
      CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN 'a "b", c' || chr(10) ELSE 'é' END AS label, i / 3 AS weight FROM range(200) t(i)`,
  );
  const create = (name: string, out: string, ...more: string[]) =>
    ok(
      "training-set",
      "create",
      name,
      "--spine",
      spine,
      "--service",
      "driver_activity",
      "--out",
      repo.path(out),
      ...more,
    );
  const { result } = JSON.parse(await create("first", "training_set.parquet"));
  await create("parts", "training_set/", "--rows-per-file", "70", "--table", "training_set");
  await ok(
    "query",
    "SELECT * EXCLUDE spine_row FROM training_set ORDER BY spine_row",
    "--out",
    repo.path("saved.parquet"),
  );
  for (const rows of ["training_set.parquet", "training_set/*.parquet", "saved.parquet"]) {
    await using database = await Database.open({ threads: 2 });
    await using session = await database.connect();
    const here = statements
      .replace("training_set.parquet", repo.path(rows))
      .replaceAll("canonical.csv", repo.path("canonical.csv"));
    const parts = here
      .split(";")
      .map((statement) => statement.trim())
      .filter((statement) => statement !== "");
    for (const statement of parts.slice(0, -1)) await session.run(statement);
    expect(await session.row(parts.at(-1) ?? "")).toEqual({ digest: result.digest });
  }
});
