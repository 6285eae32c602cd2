import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Database } from "@icecore/iceberg-catalog/duckdb";

/** A feature repository in a temporary directory, gone when disposed of. */
export interface TestRepo extends AsyncDisposable {
  readonly directory: string;
  /** A path in the repository. */
  path(name: string): string;
  write(name: string, text: string): Promise<string>;
  /** Writes a SELECT's rows as a Parquet file. */
  parquet(name: string, sql: string): Promise<string>;
}

/** Feast's familiar example. */
const driverDefinitions = `
import { defineEntity, defineFeatureService, defineFeatureView } from "@icecore/feature-registry";

export const driver = defineEntity({
  name: "driver",
  joinKeys: { driver_id: "long" },
  owner: "mobility",
  description: "A driver, by id.",
});

export const driverStats = defineFeatureView({
  name: "driver_hourly_stats",
  entities: [driver],
  features: { conv_rate: "float", acc_rate: "float", avg_daily_trips: "long" },
  ttl: "1d",
  owner: "mobility",
  description: "What drivers did lately, hour by hour.",
});

export const driverActivity = defineFeatureService({
  name: "driver_activity",
  features: [driverStats],
  owner: "mobility",
  description: "What the model reads.",
});
`;

export async function driverRepo(): Promise<TestRepo> {
  const directory = await mkdtemp(join(tmpdir(), "icecore e2e-"));
  const path = (name: string) => join(directory, name);
  const write = async (name: string, text: string) => {
    await writeFile(path(name), text);
    return path(name);
  };
  await write("feature_store.yaml", "project: rides\n");
  await write("features.ts", driverDefinitions);
  return {
    directory,
    path,
    write,
    async parquet(name, sql) {
      await using database = await Database.open();
      await using session = await database.connect();
      await session.run(`COPY (${sql}) TO '${path(name).replaceAll("'", "''")}' (FORMAT parquet)`);
      return path(name);
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

/** A day of hourly rows for drivers 1001 to 1005, from an hour on. */
export function driverRows(firstHour: string, hours = 24): string {
  return `SELECT 1001 + d AS driver_id, TIMESTAMPTZ '${firstHour}' + to_hours(h) AS event_timestamp,
    (0.1 * d + 0.01 * h)::FLOAT AS conv_rate, CASE WHEN h % 5 = 0 THEN NULL ELSE 0.5::FLOAT END AS acc_rate, 100 * d + h AS avg_daily_trips
    FROM range(5) a(d), range(${hours}) b(h)`;
}
