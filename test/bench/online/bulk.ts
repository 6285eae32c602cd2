import { execFile } from "node:child_process";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { startRedis } from "../../../packages/online-sync/src/testing/index.ts";
import { markdownTable } from "../report.ts";
import { inProcess, inPython, median } from "../run.ts";
import { benchRepo, type Layout } from "./bench-repo.ts";
import type { Materialized, MaterializeRequest } from "./materialize-process.ts";
import { command, RawRedis } from "./raw-redis.ts";

const entities = 500_000;
/** Few, of which fixed costs are a large part, and as many as above, for which Feast takes a minute. */
const feastEntities = [50_000, entities];
const rounds = 3;

/** Materialization from Iceberg into Redis, beside `redis-cli --pipe` of the same bytes, and beside Feast's. */
export async function bulk(feastPython: string): Promise<string> {
  const rows: string[][] = [];
  for (const layout of ["feast", "packed"] as const) {
    rows.push(await besidePipe(layout));
    console.error(rows.at(-1)?.join(" | "));
  }
  const feast: string[][] = [];
  for (const count of feastEntities) {
    feast.push(...(await besideFeast(feastPython, count)));
    console.error(
      feast
        .slice(-2)
        .map((row) => row.join(" | "))
        .join("\n"),
    );
  }
  return [
    `### Materialization`,
    "",
    `${entities.toLocaleString("en")} entities, two rows of ten features each, from an Iceberg table into an empty Redis; then the same bytes into another by \`redis-cli --pipe\` from a file: SET for layout packed, HSET for layout feast. Medians of ${rounds} rounds that take turns.`,
    "",
    markdownTable(
      ["layout", "Icecore", "redis-cli --pipe", "ratio", "peak memory of Icecore", "Redis per entity"],
      rows,
    ),
    "",
    `\`feast materialize\` of such entities from a Parquet file, once, beside the median of ${rounds} runs of Icecore from an Iceberg table:`,
    "",
    markdownTable(["entities", "layout", "Icecore", "Feast 0.66.0", "ratio"], feast),
  ].join("\n");
}

async function besidePipe(layout: Layout): Promise<string[]> {
  const { folder } = await benchRepo(entities);
  await using redis = await startRedis("redis-server");
  await using raw = await RawRedis.connect(redis.port);
  // The file has the rows in the order of the first one's hash table, which it would load as no rows ever come.
  await using plain = await startRedis("redis-server");
  await using rawPlain = await RawRedis.connect(plain.port);
  const [ours, pipes]: [Materialized[], number[]] = [[], []];
  const file = join(folder, `${layout}.resp`);
  let bytesPerEntity = 0;
  for (let round = 0; round < rounds; round++) {
    await raw.send(command("FLUSHALL"), 1);
    const empty = await usedMemory(raw);
    const request: MaterializeRequest = { folder, connectionString: redis.connectionString, layout };
    ours.push(await inProcess<Materialized>(import.meta.url, "materialize-process", request));
    bytesPerEntity = ((await usedMemory(raw)) - empty) / entities;
    if (round === 0) await dump(raw, file);
    await raw.send(command("FLUSHALL"), 1);
    await rawPlain.send(command("FLUSHALL"), 1);
    const started = performance.now();
    await promisify(execFile)("bash", ["-c", `redis-cli -p ${plain.port} --pipe < "$0"`, file]);
    pipes.push((performance.now() - started) / 1000);
  }
  const [seconds, pipe] = [median(ours.map((run) => run.seconds)), median(pipes)];
  return [
    layout,
    `${rate(entities, seconds)} rows/s`,
    `${rate(entities, pipe)} rows/s`,
    `${(seconds / pipe).toFixed(2)}x its time`,
    `${median(ours.map((run) => run.peakMb)).toFixed(0)} MB`,
    `${bytesPerEntity.toFixed(0)} bytes`,
  ];
}

async function besideFeast(python: string, count: number): Promise<string[][]> {
  const { folder, parquet } = await benchRepo(count);
  const theirs = await ofFeast(python, `${folder}/feast`, parquet);
  const rows: string[][] = [];
  for (const layout of ["feast", "packed"] as const) {
    const ours: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await using redis = await startRedis("redis-server");
      const request: MaterializeRequest = { folder, connectionString: redis.connectionString, layout };
      ours.push((await inProcess<Materialized>(import.meta.url, "materialize-process", request)).seconds);
    }
    const seconds = median(ours);
    rows.push([
      count.toLocaleString("en"),
      layout,
      `${seconds.toFixed(2)} s`,
      `${theirs.toFixed(2)} s`,
      `${(theirs / seconds).toFixed(1)}x`,
    ]);
  }
  return rows;
}

async function ofFeast(python: string, repo: string, parquet: string): Promise<number> {
  await using redis = await startRedis("redis-server");
  const request = { repo, parquet, connectionString: redis.connectionString, materialize: true };
  const { seconds } = await inPython<{ readonly seconds: number }>(python, import.meta.url, "feast_repo", request);
  return seconds;
}

/** Writes what Redis holds as the commands that load it. */
async function dump(raw: RawRedis, file: string): Promise<void> {
  await pipeline(commands(raw), createWriteStream(file));
}

async function* commands(raw: RawRedis): AsyncGenerator<Buffer> {
  let cursor = "0";
  do {
    const [reply] = (await raw.send(command("SCAN", cursor, "COUNT", "1000"), 1)) as [[Buffer, Buffer[]]];
    cursor = reply[0].toString();
    const keys = reply[1].filter((key) => !key.toString("latin1").startsWith("icecore:"));
    if (keys.length === 0) continue;
    const isHash = !keys[0]?.toString("latin1").startsWith("ic:");
    const read = Buffer.concat(keys.map((key) => (isHash ? command("HGETALL", key) : command("GET", key))));
    const values = (await raw.send(read, keys.length)) as (Buffer | Buffer[])[];
    yield Buffer.concat(
      keys.map((key, i) => {
        const value = values[i] as Buffer | Buffer[];
        return Array.isArray(value) ? command("HSET", key, ...value) : command("SET", key, value);
      }),
    );
  } while (cursor !== "0");
}

async function usedMemory(raw: RawRedis): Promise<number> {
  const [info] = (await raw.send(command("INFO", "memory"), 1)) as [Buffer];
  return Number(/used_memory:(\d+)/.exec(info.toString())?.[1]);
}

function rate(rows: number, seconds: number): string {
  return Math.round(rows / seconds).toLocaleString("en");
}
