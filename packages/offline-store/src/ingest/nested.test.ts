import { writeFile } from "node:fs/promises";
import type { FeatureView } from "@icecore/feature-registry";
import { type RowInput, writeOutput } from "@icecore/iceberg-catalog/duckdb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestProject } from "../testing/test-project.ts";
import { thrown } from "../testing/thrown.ts";
import { viewOf } from "../testing/views.ts";
import { ingest } from "./ingest.ts";

const nested = (name: string) =>
  viewOf({
    name,
    online: false,
    features: [
      { name: "embedding", type: "list<float>" },
      { name: "home", type: "struct<lat: double, at: timestamptz, tags: list<string>>" },
      { name: "spent", type: "map<string, decimal(9, 2)>" },
      {
        name: "trips",
        type: "list<struct<id: uuid, fares: map<int, list<long>>, day: date, photo: binary, at: time>>",
      },
    ],
  });

const home = 'STRUCT(lat DOUBLE, "at" TIMESTAMPTZ, tags VARCHAR[])';
const trips = 'STRUCT(id UUID, fares MAP(INTEGER, BIGINT[]), day DATE, photo BLOB, "at" TIME)[]';
const query = `SELECT * FROM (VALUES
  (1::BIGINT, TIMESTAMPTZ '2026-01-01 00:00:00+00', [0.5, NULL, 'nan'::FLOAT]::FLOAT[],
   {'lat': 1.5, 'at': TIMESTAMPTZ '2026-01-01 00:00:00.000001+00', 'tags': ['a, b', NULL, '']}::${home},
   MAP {'x': 1.25, 'y': NULL}::MAP(VARCHAR, DECIMAL(9,2)),
   [{'id': '00000000-0000-0000-0000-00000000000a'::UUID, 'fares': MAP {7: [9223372036854775807, NULL], 8: NULL}, 'day': DATE '1969-12-31',
     'photo': '\\x00\\xFF'::BLOB, 'at': TIME '12:00:00.000001'}, NULL]::${trips}),
  (2, '2026-01-01 00:00:00+00', [], {'lat': NULL, 'at': NULL, 'tags': []}, MAP {}, []),
  (3, '2026-01-01 00:00:00+00', NULL, NULL, NULL, NULL)
) t(driver_id, event_timestamp, embedding, home, spent, trips)`;
const json = [
  `{"driver_id": 1, "event_timestamp": "2026-01-01T00:00:00Z", "embedding": [0.5, null, "nan"],
    "home": {"at": "2026-01-01T02:00:00.000001+02:00", "lat": 1.5, "tags": ["a, b", null, ""]}, "spent": {"x": 1.25, "y": null},
    "trips": [{"id": "00000000-0000-0000-0000-00000000000a", "fares": {"7": [9223372036854775807, null], "8": null},
      "day": "1969-12-31", "photo": "AP8=", "at": "12:00:00.000001"}, null]}`.replaceAll("\n", ""),
  '{"driver_id": 2, "event_timestamp": "2026-01-01T00:00:00Z", "embedding": [], "home": {"tags": []}, "spent": {}, "trips": []}',
  '{"driver_id": 3, "event_timestamp": "2026-01-01T00:00:00Z", "home": null}',
];
const expected = [
  "[0.5, NULL, nan] {'lat': 1.5, 'at': '2026-01-01 00:00:00.000001+00', 'tags': ['a, b', NULL, '']} {x=1.25, y=NULL} [{'id': 00000000-0000-0000-0000-00000000000a, 'fares': {7=[9223372036854775807, NULL], 8=NULL}, 'day': 1969-12-31, 'photo': \\x00\\xFF, 'at': '12:00:00.000001'}, NULL]",
  "[] {'lat': NULL, 'at': NULL, 'tags': []} {} []",
  null,
];

let project: TestProject;
beforeAll(async () => {
  project = await TestProject.open();
});
afterAll(() => project[Symbol.asyncDispose]());

async function stored(view: FeatureView): Promise<readonly unknown[]> {
  const { tasks } = await (await project.table(view)).scan().plan();
  const paths = tasks.map(({ dataFile }) => `'${dataFile.filePath.slice("file://".length)}'`).join(", ");
  const rows = await project.session.rows(
    `SELECT embedding::VARCHAR || ' ' || home::VARCHAR || ' ' || spent::VARCHAR || ' ' || trips::VARCHAR AS text
     FROM read_parquet([${paths}], hive_partitioning = false) ORDER BY driver_id`,
  );
  return rows.map(({ text }) => text);
}

async function file(name: string, text: string): Promise<RowInput> {
  await writeFile(project.path(name), text);
  return { files: [project.path(name)] };
}

describe("nested features", () => {
  it.each(["parquet", "arrow", "ndjson", "query"])("are ingested as they are from %s", async (format) => {
    const view = nested(`from_${format}`);
    await project.apply(view);
    const path = project.path(`rows.${format}`);
    if (format === "parquet" || format === "arrow") await writeOutput(project.session, query, path);
    const input = format === "ndjson" ? await file("rows.ndjson", json.join("\n")) : { files: [path] };
    await project.ingest(view, format === "query" ? { sql: query } : input);
    expect(await stored(view)).toEqual(expected);
  });

  it("are upserted where something inside is another", async () => {
    const view = nested("upserted");
    await project.apply(view);
    await project.ingest(view, { sql: query });
    const changed = `SELECT * REPLACE (CASE driver_id WHEN 2 THEN [1] ELSE embedding END AS embedding) FROM (${query})`;
    const request = { view, table: await project.table(view), mode: "upsert" as const, nowMicros: 0n };
    expect(await ingest(project.session, { ...request, input: { sql: changed } })).toMatchObject({
      inserted: 0n,
      updated: 1n,
      unchanged: 2n,
    });
  });

  it("grow: more fields of a struct, wider values", async () => {
    const before = viewOf({
      name: "grown",
      online: false,
      features: [
        { name: "a", type: "struct<x: int>" },
        { name: "b", type: "list<struct<y: float>>" },
      ],
    });
    await project.apply(before);
    const keys = "SELECT 1::BIGINT AS driver_id, TIMESTAMPTZ '2026-01-01 00:00:00+00' AS event_timestamp";
    await project.ingest(before, { sql: `${keys}, {'x': 1} AS a, [{'y': 0.5::FLOAT}] AS b` });
    const after = viewOf({
      ...before,
      features: [
        { name: "a", type: "struct<x: long, z: list<string>>" },
        { name: "b", type: "list<struct<y: double, w: map<string, int>>>" },
      ],
    });
    await project.apply(after);
    await project.ingest(after, {
      sql: `${keys}, {'x': 9007199254740993, 'z': ['q']} AS a, [{'y': 0.1::DOUBLE, 'w': MAP {'k': 1}}] AS b`,
    });
    const { schema } = await project.table(after);
    expect(schema.fields.slice(3).map(({ id }) => id)).toEqual([4, 5]);
    const refusal = {
      ...after,
      features: [{ name: "a", type: "struct<z: list<string>>" }, after.features[1] ?? before.features[0]],
    };
    await expect(project.apply(refusal as FeatureView)).rejects.toMatchObject({ code: "CHANGE_REFUSED" });
  });

  describe("that do not fit are refused", () => {
    const view = nested("refused");
    const refusal = (input: RowInput) => thrown(() => project.ingest(view, input), { [`${project.directory}/`]: "" });
    const row = (members: string) => `{"driver_id": 1, "event_timestamp": "2026-01-01T00:00:00Z", ${members}}`;
    beforeAll(() => project.apply(view));

    it("by their rows, all of them", async () => {
      const input = await file(
        "bad.ndjson",
        [
          row('"embedding": [1, "x"], "home": {"lat": 1}'),
          row('"embedding": [1e300], "home": {"lat": 1, "lon": 2}'),
          row('"embedding": {"a": 1}, "home": {"at": "2026-01-01T00:00:00"}, "spent": {"a": 1.234, "b": "x"}'),
          row('"embedding": [1], "spent": {"a": 12345678901234567.5}, "trips": [{"fares": {"x": [1]}}]'),
        ].join("\n"),
      );
      expect(await refusal(input)).toMatchInlineSnapshot(`
        "DATA_INVALID: bad.ndjson: column "embedding" is not a list<float>: row 1 ("[1,"x"]"), row 2 ("[1e300]"), row 3 ("{"a":1}")
        column "home" is not a struct<lat: double, at: timestamptz, tags: list<string>>: row 2 ("{"lat":1,"lon":2}"), row 3 ("{"at":"2026-01-01T00:00:00"}")
        column "spent" is not a map<string, decimal(9, 2)>: row 3 ("{"a":1.234,"b":"x"}"), row 4 ("{"a":12345678901234568.0}")
        column "trips" is not a list<struct<id: uuid, fares: map<int, list<long>>, day: date, photo: binary, at: time>>: row 4 ("[{"fares":{"x":[1]}}]")"
      `);
    });

    it("by their type, before a row is read", async () => {
      const keys = "SELECT 1::BIGINT AS driver_id, TIMESTAMPTZ '2026-01-01 00:00:00+00' AS event_timestamp";
      expect(
        await refusal(await file("rows.csv", 'driver_id,event_timestamp,embedding\n1,2026-01-01T00:00:00Z,"[1]"')),
      ).toMatchInlineSnapshot(
        `"DATA_INVALID: rows.csv: column "embedding" is text, which is not a list<float>; CSV has no such values: send Parquet, Arrow or NDJSON"`,
      );
      expect(
        await refusal({
          sql: `${keys}, [1.5::DOUBLE] AS embedding, {'lat': 1.5::DOUBLE, 'lon': 2} AS home, [1] AS spent`,
        }),
      ).toMatchInlineSnapshot(`
        "DATA_INVALID: the query: column "embedding.element": it is DOUBLE, which is not a float without loss; cast it, or change the column's type
        the table has no column "home.lon"
        column "spent": it is INTEGER[], which is not a map<string, decimal(9, 2)>"
      `);
    });
  });
});
