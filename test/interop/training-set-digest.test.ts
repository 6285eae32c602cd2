import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, inject, test } from "vitest";
import { driverRepo, driverRows } from "../support/driver-repo.ts";
import { icecoreOk } from "../support/icecore.ts";

const script = fileURLToPath(new URL("../../docs/training-set-digest.py", import.meta.url));

/** Every type that a column can have, with the values that are written in more than one way. */
const columns: Readonly<Record<string, readonly string[]>> = {
  BOOLEAN: ["true", "false"],
  INTEGER: ["-2147483648", "7"],
  BIGINT: ["9223372036854775807", "-1"],
  FLOAT: ["'nan'", "'-inf'", "-0.0", "0.1", "1e20", "16777216", "1e-7", "3.4028235e38", "1e15", "1e16", "123456.79"],
  DOUBLE: ["'nan'", "'inf'", "-0.0", "0.1", "1e20", "1e15", "1e16", "1e-4", "1e-5", "5e-324", "1.7976931348623157e308"],
  "DECIMAL(9,2)": ["-0.05", "1234567.00", "0"],
  "DECIMAL(38,10)": ["1234567890123456789012345678.0000000001"],
  DATE: ["'1969-12-31'", "'0001-01-01'", "'9999-12-31'"],
  TIME: ["'12:00:00'", "'23:59:59.999999'", "'00:00:00.100000'"],
  TIMESTAMP: ["'2026-01-31 12:00:00'", "'1969-12-31 23:59:59.999999'", "'0101-01-01 00:00:00.5'"],
  TIMESTAMPTZ: ["'2026-01-31 12:00:00.123456+00'", "'1901-01-01 00:00:00+00'"],
  VARCHAR: [
    "''",
    "'a,b'",
    "'say \"no\"'",
    "'two' || chr(10) || 'lines'",
    "'é😀'",
    "' x '",
    "'NULL'",
    "'#1'",
    "'a#1'",
    "chr(13)",
    "chr(9)",
  ],
  UUID: ["'00112233-4455-6677-8899-aabbccddeeff'"],
  BLOB: ["'\\x00\\xFFa''\\x22\\x5C'", "''"],
  "VARCHAR[]": [
    `[${["", " a", "a ", "nUll", "a,b", "it''s", "a\\b", "q,\\", '"', "é", "a:b", "{", "#", "a b"].map((text) => `'${text}'`).join(", ")}, NULL, chr(9), chr(11) || 'x']`,
    "[]",
  ],
  "DOUBLE[][]": ["[[0.1, 'nan'::DOUBLE, NULL], [], NULL]"],
  'STRUCT("at" TIMESTAMPTZ, "it\'s" DECIMAL(9,2), "a ""b""" STRUCT(b BLOB, d DATE)[])': [
    "row('2026-01-31 12:00:00.5+00', -0.05, [row('\\x00,\\x5C', '0001-01-01'), NULL])",
    "row(NULL, NULL, NULL)",
  ],
  "MAP(VARCHAR, MAP(INTEGER, BOOLEAN))": ["MAP {'k 1': MAP {1: true, -2: NULL}, 'a=b': NULL, '': MAP {}}", "MAP {}"],
};

function spineSql(): string {
  const selected = Object.entries(columns).map(([type, values], index) => {
    const list = [...values, "NULL"].map((value) => `CAST(${value} AS ${type})`);
    return `([${list.join(", ")}])[1 + i % ${list.length}] AS "c${index}, ${type.replaceAll('"', '""')}"`;
  });
  return `SELECT 1001 + i % 6 AS driver_id, TIMESTAMPTZ '2026-01-01 00:30:00.5+00' + to_minutes(i * 7) AS event_timestamp,
    ${selected.join(", ")} FROM range(60) t(i)`;
}

test("the digest is recomputed by the documented script, with pyarrow alone", async () => {
  await using repo = await driverRepo();
  const ok = (...args: readonly string[]) => icecoreOk("--repo", repo.directory, "--json", ...args);
  await ok("apply");
  await ok("ingest", "driver_hourly_stats", await repo.parquet("day.parquet", driverRows("2026-01-01 00:00:00+00")));
  const spine = await repo.parquet("spine.parquet", spineSql());
  const out = repo.path("set.parquet");
  const features = ["--service", "driver_activity"];
  const { result } = JSON.parse(await ok("training-set", "create", "set", "--spine", spine, ...features, "--out", out));
  const directory = repo.path("set/");
  await ok("training-set", "reproduce", "set", "--out", directory, "--rows-per-file", "25");
  for (const path of [out, directory]) {
    const { stdout } = await promisify(execFile)(inject("python"), [script, path]);
    expect(stdout.trim()).toBe(result.digest);
  }
});
