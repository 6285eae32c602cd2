import { open, truncate, writeFile } from "node:fs/promises";
import type { RowInput } from "@icecore/iceberg-catalog/duckdb";
import { quotedString } from "@icecore/iceberg-catalog/duckdb";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { TestProject } from "../testing/test-project.ts";
import { thrown } from "../testing/thrown.ts";
import { driverStats, viewOf } from "../testing/views.ts";

const everyType = viewOf({
  name: "every_type",
  features: ["int", "long", "double", "decimal(9, 2)", "date", "time", "uuid", "binary", "boolean", "timestamp"].map(
    (type) => ({ name: type.replaceAll(/\W+/g, "_"), type }),
  ),
});

let project: TestProject;
beforeAll(async () => {
  project = await TestProject.open();
  await project.apply(driverStats, everyType);
});
afterAll(() => project[Symbol.asyncDispose]());

afterEach(async () => {
  expect((await project.dataFiles()).filter((name) => !name.includes("registry"))).toEqual([]);
  expect((await project.table(driverStats)).metadata.snapshots).toEqual([]);
});

const refused = (input: RowInput, view = driverStats) =>
  thrown(() => project.ingest(view, input), { [`${project.directory}/`]: "" });

async function file(name: string, content: string | Buffer): Promise<RowInput> {
  await writeFile(project.path(name), content);
  return { files: [project.path(name)] };
}

const csv = (text: string) => file("rows.csv", text);
const ndjson = (...rows: readonly string[]) => file("rows.ndjson", rows.join("\n"));

async function parquet(sql: string): Promise<string> {
  const path = project.path("rows.parquet");
  await project.session.run(`COPY (${sql}) TO ${quotedString(path)} (FORMAT parquet)`);
  return path;
}

describe("files that cannot be read", () => {
  it("are named with the reason", async () => {
    expect(await refused({ files: [] })).toMatchInlineSnapshot(`"FILE_NOT_FOUND: no file named; name at least one"`);
    expect(await refused({ files: [project.path("missing.csv")] })).toMatchInlineSnapshot(
      `"FILE_NOT_FOUND: missing.csv: no such file"`,
    );
    expect(await refused({ files: [project.path("catalog")] })).toMatchInlineSnapshot(
      `"FILE_NOT_FOUND: catalog: no such file"`,
    );
    expect(await refused(await csv(""))).toMatchInlineSnapshot(`"FILE_INVALID: rows.csv: the file is empty"`);
    expect(await refused(await file("rows.xlsx", "x"))).toMatchInlineSnapshot(
      `"FILE_INVALID: rows.xlsx: cannot tell its format; name it with one of .parquet, .csv, .tsv, .ndjson, .jsonl, .arrow, .arrows"`,
    );
    expect(
      await refused({ files: [...filesOf(await csv("a\n1")), ...filesOf(await ndjson("{}"))] }),
    ).toMatchInlineSnapshot(
      `"FILE_INVALID: files of different formats in one call (csv, ndjson); run one call per format"`,
    );
    expect(await refused({ sql: "SELECT * FROM nowhere" })).toMatchInlineSnapshot(
      `"QUERY_INVALID: the query: DuckDB cannot run this SQL (Catalog Error: Table with name nowhere does not exist!)"`,
    );
    expect(await refused({ sql: "SELEC 1" })).toMatchInlineSnapshot(
      `"QUERY_INVALID: the query: DuckDB cannot run this SQL (Parser Error: syntax error at or near "1")"`,
    );
  });

  it("are said to be corrupt", async () => {
    expect(await refused(await file("random.parquet", Buffer.alloc(4096, 7)))).toMatchInlineSnapshot(
      `"FILE_INVALID: random.parquet: the parquet file is corrupt or is none (Invalid Input Error: No magic bytes found at end of file 'random.parquet')"`,
    );
    expect(await refused(await file("tiny.parquet", "PAR1"))).toMatchInlineSnapshot(
      `"FILE_INVALID: tiny.parquet: the parquet file is corrupt or is none (Invalid Input Error: File 'tiny.parquet' too small to be a Parquet file)"`,
    );
    const path = await parquet("SELECT i AS driver_id, now() AS event_timestamp, i AS trips FROM range(5000) t(i)");
    const handle = await open(path, "r+");
    await handle.write(Buffer.alloc(2000, 0xff), 0, 2000, 200);
    await handle.close();
    expect((await refused({ files: [path] })).split("(")[0]).toMatchInlineSnapshot(
      `"FILE_INVALID: rows.parquet: the parquet file is corrupt or is none "`,
    );
    await truncate(path, 3000);
    expect(await refused({ files: [path] })).toMatchInlineSnapshot(
      `"FILE_INVALID: rows.parquet: the parquet file is corrupt or is none (Invalid Input Error: No magic bytes found at end of file 'rows.parquet')"`,
    );
    expect(await refused(await ndjson('{"driver_id": 1', "nonsense"))).toMatchInlineSnapshot(
      `"ROWS_INVALID: rows.ndjson: a value does not fit (Invalid Input Error: Malformed JSON in file "rows.ndjson", at byte 17 in line 2: unexpected character. )"`,
    );
  });
});

const filesOf = (input: RowInput) => ("files" in input ? input.files : []);

describe("columns that do not fit", () => {
  it.each([
    ["SELECT 1 AS driver_id, now() AS event_timestamp, 1 AS tripz"],
    ["SELECT now() AS event_timestamp, 1 AS trips"],
    ["SELECT 1 AS driver_id, 1 AS trips"],
    ["SELECT 'a' AS driver_id, now() AS event_timestamp"],
    ["SELECT 1.5 AS driver_id, now() AS event_timestamp"],
    ["SELECT 1 AS driver_id, TIMESTAMP '2026-01-01 00:00:00' AS event_timestamp"],
    ["SELECT 1 AS driver_id, DATE '2026-01-01' AS event_timestamp, [1] AS trips, 1::DOUBLE AS rate, 1 AS city"],
    ["SELECT 1 AS driver_id, now() AS event_timestamp, 18446744073709551615 AS trips"],
  ])("%s", async (sql) => {
    const path = await parquet(sql);
    expect(await refused({ files: [path] })).toMatchSnapshot();
  });
});

describe("values that do not fit", () => {
  it("are named by row", async () => {
    expect(
      await refused(
        await csv("driver_id,event_timestamp,trips\n1,2026-01-01T00:00:00Z,1\n,2026-01-01T00:00:00Z,2\n3,,3\n"),
      ),
    ).toMatchInlineSnapshot(`
      "DATA_INVALID: rows.csv: column "driver_id" is null, and every row needs it: row 2
      column "event_timestamp" is null, and every row needs it: row 3"
    `);
    expect(
      await refused(await csv("driver_id,event_timestamp\n1,2026-01-01 00:00:00\n2,2026-02-30T00:00:00Z\n")),
    ).toMatchInlineSnapshot(
      `"DATA_INVALID: rows.csv: column "event_timestamp" is not an ISO 8601 timestamp with a zone, such as 2026-01-31T12:00:00Z: row 1 ("2026-01-01 00:00:00"), row 2 ("2026-02-30T00:00:00Z")"`,
    );
    expect(
      await refused(await ndjson('{"driver_id": 1, "event_timestamp": "2026-01-01 00:00:00"}')),
    ).toMatchInlineSnapshot(
      `"DATA_INVALID: rows.ndjson: column "event_timestamp" is not an ISO 8601 timestamp with a zone, such as 2026-01-31T12:00:00Z: row 1 ("2026-01-01 00:00:00")"`,
    );
    expect(
      await refused(
        await ndjson(
          '{"driver_id": 1.5, "event_timestamp": "2026-01-01T00:00:00.123456Z", "trips": 9223372036854775808}',
        ),
      ),
    ).toMatchInlineSnapshot(`
      "DATA_INVALID: rows.ndjson: column "driver_id" is not a long: row 1 ("1.5")
      column "trips" is not a long: row 1 ("9223372036854775808")"
    `);
    expect(
      await refused(await csv(`driver_id,event_timestamp\n${"x,2026-01-01T00:00:00.1234567Z\n".repeat(7)}`)),
    ).toMatchInlineSnapshot(`
      "DATA_INVALID: rows.csv: column "driver_id" is not a long: row 1 ("x"), row 2 ("x"), row 3 ("x") and 4 more
      column "event_timestamp" is not an ISO 8601 timestamp with a zone, such as 2026-01-31T12:00:00Z: row 1 ("2026-01-01T00:00:00.1234567Z"), row 2 ("2026-01-01T00:00:00.1234567Z"), row 3 ("2026-01-01T00:00:00.1234567Z") and 4 more"
    `);
    expect(
      await refused({ files: [await parquet("SELECT NULL::BIGINT AS driver_id, now() AS event_timestamp")] }),
    ).toMatchInlineSnapshot(`"DATA_INVALID: rows.parquet: column "driver_id" is null, and every row needs it: row 1"`);
  });

  it("are never rounded, cut or guessed", async () => {
    const row = {
      int: "2147483648",
      long: "1.5",
      double: "x",
      decimal_9_2_: "1.239",
      date: "2026-01-01 12:00:00",
      time: "12:00:00.1234567",
      uuid: "1-2",
      binary: "é",
      boolean: "maybe",
      timestamp: "2026-01-01T00:00:00Z",
    };
    const time = { driver_id: 1, event_timestamp: "2026-01-01T00:00:00Z" };
    expect(await refused(await ndjson(JSON.stringify({ ...time, ...row })), everyType)).toMatchInlineSnapshot(`
      "DATA_INVALID: rows.ndjson: column "int" is not an int: row 1 ("2147483648")
      column "long" is not a long: row 1 ("1.5")
      column "double" is not a double: row 1 ("x")
      column "decimal_9_2_" is not a decimal of 9 digits, 2 of them after the point: row 1 ("1.239")
      column "date" is not a date, such as 2026-01-31: row 1 ("2026-01-01 12:00:00")
      column "time" is not a time of day, such as 12:00:00: row 1 ("12:00:00.1234567")
      column "uuid" is not a uuid: row 1 ("1-2")
      column "binary" is not base64: row 1 ("é")
      column "boolean" is not a boolean: row 1 ("maybe")
      column "timestamp" is not an ISO 8601 timestamp without a zone: row 1 ("2026-01-01T00:00:00Z")"
    `);
  });
});
