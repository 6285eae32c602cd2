import { parseTransform, type Table } from "@icecore/iceberg-catalog";
import { afterAll, beforeAll, expect, test } from "vitest";
import { originDelays } from "./support/flight-rows.ts";
import { python } from "./support/python.ts";
import { pythonRows, queryRows } from "./support/rows.ts";
import { type ServedStore, serveStore } from "./support/served-store.ts";

const table = "flights.origin_delays";

let served: ServedStore;
beforeAll(async () => {
  served = await serveStore();
  for (const batch of [0, 1, 2]) await served.store.ingest("origin_delays", { sql: originDelays(batch, 100) });
});
afterAll(() => served?.[Symbol.asyncDispose]());

const load = (): Promise<Table> => served.loadTable("flights", "origin_delays");
const theirs = async (snapshotId?: string) =>
  (await pythonRows({ uri: served.uri, table, ...(snapshotId !== undefined && { snapshotId }) })).rows;
const ours = () => queryRows(served.store, "SELECT * FROM origin_delays");

test("PyIceberg reads a table whose manifests we have laid out anew", async () => {
  const before = await theirs();
  expect(before).toHaveLength(300);
  const rewritten = await (await load()).newTransaction().rewriteManifests().commit();
  expect(rewritten.currentSnapshot()?.summary.properties["manifests-created"]).toBe("1");
  expect(await theirs()).toEqual(before);
});

test("and merged while appending, on a branch of its own", async () => {
  const loaded = await load();
  const main = await theirs();
  const { tasks } = await loaded.scan().plan();
  const moved = await loaded
    .newTransaction()
    .setProperties({ "commit.manifest.min-count-to-merge": "2" })
    .changeFiles({ branch: "half", removed: { files: tasks.slice(1).map(({ dataFile }) => dataFile) } })
    .append(
      tasks.slice(2).map(({ dataFile }) => dataFile),
      { branch: "half" },
    )
    .commit();
  const half = await theirs(String(moved.snapshotByRef("half").snapshotId));
  expect(half.length).toBeGreaterThan(0);
  expect(half.length).toBeLessThan(main.length);
  expect(main).toEqual(expect.arrayContaining([...half]));
  expect(await theirs()).toEqual(main);
});

test("and partitioned, sorted and described otherwise since, with a column moved", async () => {
  await (await load())
    .newTransaction()
    .updateSpec((u) => u.removeField("event_timestamp_month").addField("event_timestamp", parseTransform("day")))
    .replaceSortOrder([{ column: "event_timestamp", direction: "desc" }])
    .updateSchema((u) => u.moveAfter("created", "departures_3h").updateDoc("airport", "IATA code"))
    .commit();
  await served.store.ingest("origin_delays", { sql: originDelays(3, 100) });
  expect(await theirs()).toHaveLength(400);
  expect(await theirs()).toEqual(await ours());
  const { table: described } = await python<{ table: Record<string, unknown> }>("describe", { uri: served.uri, table });
  expect(described).toMatchObject({
    partitions: ["1001 event_timestamp_day = day(event_timestamp)"],
    sort: ["identity(event_timestamp) desc nulls-last"],
  });
  expect(described["columns"]).toEqual(
    expect.arrayContaining([
      "1 airport string required: IATA code",
      "3 created timestamptz: When the row was written.",
    ]),
  );
});

test("and whose older snapshots have expired, with the specs that only they had", async () => {
  const rows = await theirs();
  const loaded = await load();
  const cleaned = await loaded.newTransaction().removeRef("half").removeUnusedDefinitions().commit();
  expect(cleaned.metadata.partitionSpecs).toHaveLength(2);
  expect(await theirs()).toEqual(rows);
});
