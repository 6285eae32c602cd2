import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestProject } from "../testing/test-project.ts";
import { thrown } from "../testing/thrown.ts";
import { driverStats, requestOf, viewOf } from "../testing/views.ts";
import { planHistoricalFeatures } from "./historical-features.ts";
import { loadSpine } from "./spine.ts";

const untouched = viewOf({
  name: "always",
  joinKeys: [],
  ttlSeconds: 1,
  features: [{ name: "constant", type: "int" }],
});

let project: TestProject;
beforeAll(async () => {
  project = await TestProject.open();
  await project.apply(driverStats, untouched);
});
afterAll(() => project[Symbol.asyncDispose]());

const load = (sql: string, time?: string) => loadSpine(project.session, { sql }, { timestampColumn: time });

async function refused(sql: string, time?: string): Promise<string> {
  return thrown(async () => {
    const view = await project.pin(requestOf(driverStats));
    return planHistoricalFeatures(project.session, await load(sql, time), [view]);
  });
}

describe("the time of a spine's rows", () => {
  it("is event_timestamp, the only timestamp, or the column that is named", async () => {
    const two = "SELECT TIMESTAMPTZ '2001-01-01' AS event_timestamp, TIMESTAMPTZ '2002-01-01' AS b";
    expect((await load(two)).timestampColumn).toBe("event_timestamp");
    expect((await load(two, "b")).timestampColumn).toBe("b");
    expect((await load("SELECT 1 AS a, TIMESTAMPTZ '2002-01-01' AS b")).timestampColumn).toBe("b");
  });

  it("is read from text with a zone, keeping order, duplicates and nulls", async () => {
    const path = project.path("spine.csv");
    await writeFile(
      path,
      "driver_id,event_timestamp\n2,1969-12-31T23:59:59.5Z\n1,\n2,1970-01-01T01:00:00+01:00\n2,1970-01-01 00:00:00Z\n",
    );
    const spine = await loadSpine(project.session, { files: [path] });
    const rows = await project.session.rows(`SELECT driver_id, epoch_us(event_timestamp) AS t FROM ${spine.table}`);
    expect(rows.map((row) => [row["driver_id"], row["t"]])).toEqual([
      [2n, -500_000n],
      [1n, null],
      [2n, 0n],
      [2n, 0n],
    ]);
    expect(spine).toMatchObject({ rows: 4n, range: { fromMicros: -500_000n, toMicros: 0n } });
  });

  it("has no range when there is none", async () => {
    expect((await load("SELECT NULL::TIMESTAMPTZ AS event_timestamp, 1 AS driver_id")).range).toBeUndefined();
    expect((await load("SELECT now() AS event_timestamp, 1 AS driver_id LIMIT 0")).rows).toBe(0n);
  });
});

describe("a spine that cannot be joined", () => {
  it("is refused with the reason", async () => {
    const now = "now() AS event_timestamp";
    expect(await refused("SELECT 1 AS driver_id")).toMatchInlineSnapshot(
      `"SPINE_INVALID: the query: cannot tell the time of each row: none of its columns is a timestamp, and no column is called event_timestamp; rename one"`,
    );
    expect(await refused("SELECT 1 AS driver_id, now() AS a, now() AS b")).toMatchInlineSnapshot(
      `"SPINE_INVALID: the query: cannot tell the time of each row: it has 2 timestamps, and no column is called event_timestamp; rename one"`,
    );
    expect(await refused(`SELECT 1 AS driver_id, ${now}`, "tme")).toMatchInlineSnapshot(
      `"SPINE_INVALID: the query: no column "tme" to take the time of each row from"`,
    );
    expect(await refused("SELECT 1 AS driver_id, TIMESTAMP '2001-01-01' AS event_timestamp")).toMatchInlineSnapshot(
      `"SPINE_INVALID: the query: column "event_timestamp": it has timestamps without a zone; store them as UTC (pandas: dt.tz_localize('UTC'))"`,
    );
    expect(await refused("SELECT 1 AS driver_id, '2001-01-01' AS event_timestamp")).toMatchInlineSnapshot(
      `"SPINE_INVALID: the query: column "event_timestamp" row 1 ("2001-01-01") is not an ISO 8601 timestamp with a zone, such as 2026-01-31T12:00:00Z"`,
    );
    expect(await refused(`SELECT 1 AS drivr_id, ${now}`)).toMatchInlineSnapshot(
      `"SPINE_INVALID: the query: no column "driver_id", by which "driver_stats" is joined (did you mean "drivr_id"?)"`,
    );
    expect(await refused(`SELECT 'a' AS driver_id, ${now}`)).toMatchInlineSnapshot(
      `"SPINE_INVALID: the query: column "driver_id" is VARCHAR, but "driver_stats" is joined by long; cast it"`,
    );
    expect(await refused(`SELECT 1.5 AS driver_id, ${now}`)).toMatchInlineSnapshot(
      `"SPINE_INVALID: the query: column "driver_id" is DECIMAL(2,1), but "driver_stats" is joined by long; cast it"`,
    );
    expect(await refused(`SELECT 1 AS driver_id, 2 AS city, ${now}`)).toMatchInlineSnapshot(
      `"SPINE_INVALID: the query: has a column "city", and "driver_stats" gives a feature of that name; rename it, or ask for full feature names"`,
    );
    expect(await refused(`SELECT 1 AS driver_id, 2 AS "City", ${now}`)).toMatchInlineSnapshot(
      `"SPINE_INVALID: the query: has a column "city", and "driver_stats" gives a feature of that name; rename it, or ask for full feature names"`,
    );
    expect(await refused(`SELECT 1 AS driver_id, 2 AS __ROW, ${now}`)).toMatchInlineSnapshot(
      `"SPINE_INVALID: the query: the column name "__ROW" is kept for the position of each row; rename it"`,
    );
  });
});

describe("the plan of a join", () => {
  it("reads nothing where nothing can match", async () => {
    await project.ingest(driverStats, {
      sql: "SELECT 1 AS driver_id, TIMESTAMPTZ '2001-01-01' AS event_timestamp, 5 AS trips",
    });
    const view = await project.pin(requestOf(driverStats));
    const why = async (sql: string) => {
      const { plan } = await planHistoricalFeatures(project.session, await load(sql), [view]);
      return plan.views.map(({ strategy, report }) => [strategy.name, strategy.why, report.files]);
    };
    const at = (time: string) => `SELECT 1 AS driver_id, ${time} AS event_timestamp`;
    expect({
      early: await why(at("TIMESTAMPTZ '2000-12-31 23:59:59'")),
      exact: await why(at("TIMESTAMPTZ '2001-01-01'")),
      last: await why(at("TIMESTAMPTZ '2001-01-02'")),
      late: await why(at("TIMESTAMPTZ '2001-01-02 00:00:00.000001'")),
      never: await why(at("NULL::TIMESTAMPTZ")),
      nobody: await why(`${at("now()")} LIMIT 0`),
    }).toMatchInlineSnapshot(`
      {
        "early": [
          [
            "nothing",
            "no data file can hold a match",
            {
              "kept": 0,
              "pruned": 0,
            },
          ],
        ],
        "exact": [
          [
            "slot-join",
            "the spine is hashed and 1 feature rows stream past it once, whatever the ttl",
            {
              "kept": 1,
              "pruned": 0,
            },
          ],
        ],
        "last": [
          [
            "slot-join",
            "the spine is hashed and 1 feature rows stream past it once, whatever the ttl",
            {
              "kept": 1,
              "pruned": 0,
            },
          ],
        ],
        "late": [
          [
            "nothing",
            "no data file can hold a match",
            {
              "kept": 0,
              "pruned": 1,
            },
          ],
        ],
        "never": [
          [
            "nothing",
            "no row of the spine has a time",
            {
              "kept": 0,
              "pruned": 0,
            },
          ],
        ],
        "nobody": [
          [
            "nothing",
            "the spine has no rows",
            {
              "kept": 0,
              "pruned": 0,
            },
          ],
        ],
      }
    `);
  });
});
