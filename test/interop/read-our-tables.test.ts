import { join } from "node:path";
import { equalTo, greaterThanOrEqual } from "@icecore/iceberg-catalog";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ingestFlights } from "./support/flight-rows.ts";
import { python } from "./support/python.ts";
import { pythonRows, queryRows } from "./support/rows.ts";
import { type ServedStore, serveStore } from "./support/served-store.ts";

let served: ServedStore;
beforeAll(async () => {
  served = await serveStore();
  await ingestFlights(served.store);
});
afterAll(() => served?.[Symbol.asyncDispose]());

const views = ["origin_delays", "destination_delays", "route_history"];

describe.each(views)("PyIceberg reads %s", (view) => {
  test("row for row", async () => {
    const { uri, store } = served;
    const { rows, files } = await pythonRows({ uri, table: `flights.${view}` });
    expect(rows).toHaveLength(3000);
    expect(files).toBe((await store.files(view)).length);
    expect(rows).toEqual(await queryRows(store, `SELECT * FROM ${view}`));
  });

  test("at every older snapshot, with the columns of then", async () => {
    const { uri, store } = served;
    for (const entry of (await store.history(view)).slice(1)) {
      const snapshots = new Map([[view, entry.snapshotId]]);
      const { rows } = await pythonRows({ uri, table: `flights.${view}`, snapshotId: String(entry.snapshotId) });
      expect(rows).toHaveLength(Number(entry.totalRows));
      expect(rows).toEqual(await queryRows(store, `SELECT * FROM ${view}`, { at: { kind: "snapshots", snapshots } }));
    }
  });
});

describe("PyIceberg prunes by our statistics", () => {
  test.each([
    ["by month", "event_timestamp >= '2024-05-15T00:00:00+00:00'", "event_timestamp >= '2024-05-15'", 2],
    ["by key", "airport == 'A07'", "airport = 'A07'", 6],
    ["by a key that no file has", "airport == 'B'", "airport = 'B'", 0],
    ["by a feature's bounds", "departures_3h > 9007199854742793", "departures_3h > 9007199854742793", 3],
    ["by a feature that is newer than files", "cancelled_24h >= 8", "cancelled_24h >= 8", 6],
    ["by null", "departure_delay_3h is null", "departure_delay_3h IS NULL", 6],
  ])("%s", async (_, filter, where, files) => {
    const { uri, store } = served;
    const found = await pythonRows({ uri, table: "flights.origin_delays", filter });
    expect(found.rows).toEqual(await queryRows(store, `SELECT * FROM origin_delays WHERE ${where}`));
    expect(found.files).toBe(files);
  });

  test("as our own planner does", async () => {
    const table = await served.loadTable("flights", "origin_delays");
    const may = BigInt(Date.parse("2024-05-15T00:00:00Z")) * 1000n;
    const byMonth = await table.scan({ filter: greaterThanOrEqual("event_timestamp", may) }).plan();
    expect(byMonth.tasks).toHaveLength(2);
    expect((await table.scan({ filter: equalTo("airport", "B") }).plan()).tasks).toHaveLength(0);
  });
});

test("PyIceberg sees the definitions in the tables", async () => {
  const { uri, store, repo } = served;
  await store.createTrainingSet({
    name: "delays",
    spine: { sql: "SELECT 'A01' AS airport, TIMESTAMPTZ '2024-03-01 00:00:00+00' AS event_timestamp" },
    selection: { features: ["origin_delays:departures_3h"] },
    at: { kind: "latest" },
    out: join(repo, "delays.parquet"),
  });
  expect(await python("describe", { uri, table: "flights.origin_delays" })).toMatchInlineSnapshot(`
    {
      "namespaces": [
        "flights",
      ],
      "table": {
        "columns": [
          "1 airport string required: None",
          "2 event_timestamp timestamptz required: When the features became true.",
          "3 created timestamptz: When the row was written.",
          "4 departures_3h long: Flights from here that landed in the last 3 hours.",
          "5 departure_delay_3h double: Their mean delay in minutes.",
          "6 departure_late_share_24h double: Share of the last 24 hours' that were 15 minutes late or more.",
          "7 cancelled_24h int: Flights cancelled.",
        ],
        "format-version": 2,
        "operations": [
          "append",
          "append",
          "append",
        ],
        "partitions": [
          "1000 event_timestamp_month = month(event_timestamp)",
        ],
        "properties": {
          "comment": "How late recent flights out of an airport were, hour by hour.",
          "icecore.feature-view": "origin_delays",
          "icecore.tag.domain": "punctuality",
          "icecore.ttl-seconds": "86400",
          "owner": "flight-ops",
          "write.parquet.compression-codec": "zstd",
        },
        "refs": {
          "main": "branch",
          "training-set-delays": "tag",
        },
        "sort": [
          "identity(airport) asc nulls-first",
          "identity(event_timestamp) asc nulls-first",
        ],
      },
      "tables": [
        "flights.destination_delays",
        "flights.icecore_registry",
        "flights.origin_delays",
        "flights.route_history",
      ],
    }
  `);
});
