import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { originDelays } from "./support/flight-rows.ts";
import { python } from "./support/python.ts";
import { pythonRows, queryRows } from "./support/rows.ts";
import { type ServedStore, serveStore } from "./support/served-store.ts";

const view = "origin_delays";
const table = `flights.${view}`;

let served: ServedStore;
beforeAll(async () => {
  served = await serveStore();
  await served.store.ingest(view, { sql: originDelays(0, 400) });
  await served.store.materialize({ views: [view] });
});
afterAll(() => served?.[Symbol.asyncDispose]());

const appended = [
  {
    airport: "A01",
    event_timestamp: "2024-06-01T12:00:00.123456+00:00",
    departures_3h: "9007199254740993",
    departure_delay_3h: 1.5,
  },
  {
    airport: "A02",
    event_timestamp: "2024-06-30T23:59:59.999999+00:00",
    departures_3h: null,
    departure_delay_3h: -0.1,
  },
  {
    airport: "Ünï 🛫",
    event_timestamp: "2024-07-01T00:00:00+00:00",
    departures_3h: "-5",
    departure_late_share_24h: 1e-300,
  },
];

const sameRows = async () => {
  const { rows } = await pythonRows({ uri: served.uri, table });
  expect(await queryRows(served.store, `SELECT * FROM ${view}`)).toEqual(rows);
  return rows.length;
};

test("what PyIceberg appends is in queries, history, training sets and the online store", async () => {
  const { uri, store, repo } = served;
  const { snapshotId } = await python<{ snapshotId: string }>("append", { uri, table, rows: appended });

  expect(await sameRows()).toBe(403);
  const [newest] = await store.history(view);
  expect(newest).toMatchObject({ operation: "append", addedRows: 3n, totalRows: 403n, isCurrent: true });
  expect(String(newest?.snapshotId)).toBe(snapshotId);

  const out = join(repo, "training.ndjson");
  await store.createTrainingSet({
    name: "training",
    spine: { sql: "SELECT 'A01' AS airport, TIMESTAMPTZ '2024-06-01 12:00:00.123456+00' AS event_timestamp" },
    selection: { features: [`${view}:departures_3h`, `${view}:departure_delay_3h`] },
    at: { kind: "latest" },
    out,
  });
  expect(await readFile(out, "utf8")).toContain('"departures_3h":9007199254740993,"departure_delay_3h":1.5');

  const [summary] = await store.materialize({ views: [view] });
  expect(summary).toMatchObject({ mode: "incremental", rows: 3, written: 3 });
});

test("what PyIceberg overwrites is right, and replaced online", async () => {
  const { uri, store } = served;
  const [replacement] = appended;
  const { operations } = await python<{ operations: string[] }>("rewrite", {
    uri,
    table,
    filter: "airport == 'A03'",
    rows: [{ ...replacement, airport: "A03" }],
  });
  expect(operations.slice(0, 2)).toEqual(["append", "append"]);
  expect(await sameRows()).toBe(403 - 10 + 1);
  const [summary] = await store.materialize({ views: [view] });
  expect(summary).toMatchObject({ mode: "incremental", written: 1, deleted: 0 });
  expect(await store.verify(view)).toMatchObject({ faultRate: 0, extra: 0 });
});

test("what PyIceberg deletes is gone, online as well", async () => {
  const { uri, store } = served;
  await python("rewrite", { uri, table, filter: "airport == 'A05' or departures_3h is null" });
  await sameRows();
  const left = await queryRows(store, `SELECT count(*) FROM ${view} WHERE airport = 'A05' OR departures_3h IS NULL`);
  expect(left).toEqual([["0"]]);
  const [newest] = await store.history(view);
  expect(newest?.totalRows).toBe(BigInt((await queryRows(store, `SELECT airport FROM ${view}`)).length));
  const [summary] = await store.materialize({ views: [view] });
  expect(summary).toMatchObject({ mode: "incremental", deleted: expect.toSatisfy((count: number) => count >= 1) });
  expect(await store.verify(view)).toMatchObject({ faultRate: 0, extra: 0 });
  const [again] = await store.materialize({ views: [view] });
  expect(again).toMatchObject({ mode: "incremental", rows: 0 });
});

test("rows that both append at once are there exactly once", async () => {
  const { uri, store } = served;
  const time = "2024-08-01T00:00:00+00:00";
  const rows = Array.from({ length: 12 }, (_, i) => ({ airport: `py${i}`, event_timestamp: time }));
  let isPythonDone = false;
  const fromPython = python<string[]>("append_often", { uri, table, rows }).finally(() => {
    isPythonDone = true;
  });
  const fromUs: string[] = [];
  while (!isPythonDone) {
    const key = `ts${fromUs.length}`;
    const sql = `SELECT '${key}' AS airport, TIMESTAMPTZ '${time}' AS event_timestamp, NULL AS departures_3h,
      NULL AS departure_delay_3h, NULL AS departure_late_share_24h`;
    await store.ingest(view, { sql }, { key });
    fromUs.push(key);
    // PyIceberg is slower, and never comes to commit while we do so without a pause.
    await delay((fromUs.length % 5) * 200);
  }
  const found = await queryRows(store, `SELECT airport FROM ${view} WHERE event_timestamp = TIMESTAMPTZ '${time}'`);
  expect(found.flat()).toEqual([...(await fromPython), ...fromUs].sort());
  expect(await fromPython).not.toHaveLength(0);
  const keys = (await store.history(view)).map(({ ingestKeys }) => ingestKeys[0]);
  expect(keys.slice(keys.indexOf(fromUs.at(-1)), keys.indexOf(fromUs[0]))).toContain(undefined);
  await sameRows();
});
