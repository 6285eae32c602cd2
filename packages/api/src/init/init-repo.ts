import { mkdir, readdir, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { Database, writeOutput } from "@icecore/iceberg-catalog/duckdb";
import { IcecoreError } from "../errors.ts";
import { templates } from "./templates.ts";

const days = 14;

/**
 * Makes a feature repository that works at once: definitions, configuration, sample rows for the two weeks before `now`.
 * Returns the files it wrote.
 * @throws IcecoreError `ARGUMENT_INVALID` when the directory has something in it already
 */
export async function initRepo(directory: string, now: Date): Promise<readonly string[]> {
  const path = resolve(directory);
  await makeDirectory(path);
  const present = await readdir(path).catch((cause) => {
    throw new IcecoreError("ARGUMENT_INVALID", `${path} is no directory; name a new one`, { cause });
  });
  if (present.length > 0) {
    throw new IcecoreError("ARGUMENT_INVALID", `${path} has files in it already; name a new directory`);
  }
  await makeDirectory(join(path, "data"));
  const project = basename(path).replaceAll(/[^A-Za-z0-9_]/g, "_") || "features";
  const files = Object.entries(templates(project));
  for (const [name, text] of files) await writeFile(join(path, name), text);
  const samples = await writeSamples(join(path, "data"), now);
  return [...files.map(([name]) => join(path, name)), ...samples];
}

/** Feast's familiar example: five drivers, an hour a row; and orders of theirs, with how they ended. */
async function writeSamples(directory: string, now: Date): Promise<readonly string[]> {
  await using database = await Database.open();
  await using session = await database.connect();
  const hour = `date_trunc('hour', TIMESTAMPTZ '${now.toISOString()}')`;
  const share = (seed: number) => `(hash(driver_id, event_timestamp, ${seed}) % 1000 / 1000.0)`;
  const stats = `
    SELECT driver_id, event_timestamp, event_timestamp + INTERVAL 5 MINUTES AS created, ${share(1)}::FLOAT AS conv_rate,
      ${share(2)}::FLOAT AS acc_rate, (${share(3)} * 50)::BIGINT AS avg_daily_trips
    FROM (SELECT 1001 + d AS driver_id, ${hour} - to_hours(h) AS event_timestamp FROM range(5) a(d), range(${days * 24}) b(h))
    ORDER BY ALL`;
  const orders = `
    SELECT 1001 + i % 5 AS driver_id, ${hour} - to_minutes(97 * i) AS event_timestamp, i % 7 <> 0 AS finished
    FROM range(200) t(i) ORDER BY event_timestamp`;
  const paths = [join(directory, "driver_stats.parquet"), join(directory, "orders.parquet")] as const;
  await writeOutput(session, stats, paths[0]);
  await writeOutput(session, orders, paths[1]);
  return paths;
}

/** Not recursive: where a file system has no directories to make, as /proc has none, Node would try for ever. */
async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    const why = code === "ENOENT" ? "its parent directory is not there; make that first" : String(code);
    throw new IcecoreError("ARGUMENT_INVALID", `${path} cannot be made: ${why}`, { cause });
  }
}
