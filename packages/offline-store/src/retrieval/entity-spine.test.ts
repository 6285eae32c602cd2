import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appendRows } from "../testing/append-rows.ts";
import { rowsSql } from "../testing/rows-sql.ts";
import { TestProject } from "../testing/test-project.ts";
import { thrown } from "../testing/thrown.ts";
import { requestOf, viewOf } from "../testing/views.ts";
import { loadEntitySpine, type SpineEntities } from "./entity-spine.ts";
import { planHistoricalFeatures } from "./historical-features.ts";

const one = viewOf({ name: "one", ttlSeconds: 10, features: [{ name: "a", type: "long" }] });
const two = viewOf({ name: "two", features: [{ name: "b", type: "long" }] });
const pair = viewOf({
  name: "pair",
  joinKeys: [
    { name: "driver_id", type: "long" },
    { name: "city", type: "string" },
  ],
  features: [{ name: "c", type: "long" }],
});
const nobody = viewOf({ name: "nobody", joinKeys: [], features: [{ name: "d", type: "long" }] });

let project: TestProject;
beforeAll(async () => {
  project = await TestProject.open({ threads: 1 });
  await project.apply(one, two, pair, nobody);
  const types = (feature: string) => ({
    driver_id: "BIGINT",
    event_timestamp: "TIMESTAMPTZ",
    created: "TIMESTAMPTZ",
    [feature]: "BIGINT",
  });
  const seconds = (count: bigint) => count * 1_000_000n;
  await appendRows(
    project,
    one,
    rowsSql(types("a"), [
      [1n, seconds(0n), null, 10n],
      [1n, seconds(50n), null, 11n],
      [2n, seconds(20n), null, 20n],
    ]),
  );
  await appendRows(
    project,
    two,
    rowsSql(types("b"), [
      [2n, seconds(55n), null, 200n],
      [3n, seconds(60n), null, 300n],
    ]),
  );
});
afterAll(() => project[Symbol.asyncDispose]());

async function rowsOf(rows: SpineEntities, views = [one, two]) {
  const pinned = await Promise.all(views.map((view) => project.pin(requestOf(view))));
  const spine = await loadEntitySpine(project.session, pinned, rows);
  const job = await planHistoricalFeatures(project.session, spine, pinned);
  const found = await job.run((sql) =>
    project.session.rows(`SELECT * REPLACE (epoch_us(event_timestamp) // 1000000 AS event_timestamp) FROM (${sql})`),
  );
  return found.map((row) => Object.values(row));
}

describe("a spine of the entities there are", () => {
  it("has every entity of a range, both ends inclusive, at its end", async () => {
    expect(await rowsOf({ kind: "range", range: { fromMicros: 0n, toMicros: 55_000_000n } })).toEqual([
      [1n, 55n, 11n, null],
      [2n, 55n, null, 200n],
    ]);
    expect(await rowsOf({ kind: "range", range: { fromMicros: 1n, toMicros: 20_000_000n } })).toEqual([
      [2n, 20n, 20n, null],
    ]);
  });

  it("has every entity at the time of its newest row", async () => {
    expect(await rowsOf({ kind: "latest" })).toEqual([
      [1n, 50n, 11n, null],
      [2n, 55n, null, 200n],
      [3n, 60n, null, 300n],
    ]);
  });

  it("is empty where there is nothing, and takes views without entities along", async () => {
    expect(await rowsOf({ kind: "range", range: { fromMicros: 1n, toMicros: 2n } }, [one, nobody])).toEqual([]);
  });

  it("is refused where no row is an entity of all views", async () => {
    expect(await thrown(() => rowsOf({ kind: "latest" }, [one, pair]))).toMatchInlineSnapshot(
      `"SPINE_INVALID: "one" is joined by driver_id, and "pair" by city, driver_id: no row is an entity of both; give rows that have all keys, or ask for them apart"`,
    );
    expect(await thrown(() => rowsOf({ kind: "latest" }, [nobody]))).toMatchInlineSnapshot(
      `"SPINE_INVALID: none of the views is about an entity, so there are no entities to ask for; give rows with a time"`,
    );
  });
});
