import { equalTo, greaterThan, lessThan, snapshotId } from "@icecore/iceberg-catalog";
import { afterAll, beforeAll, expect, test } from "vitest";
import { python } from "./support/python.ts";
import { pythonRows, queryRows } from "./support/rows.ts";
import { type ServedStore, serveStore } from "./support/served-store.ts";

const table = "evolution.people";

let served: ServedStore;
let before: string;
beforeAll(async () => {
  served = await serveStore();
  ({ before } = await python<{ before: string }>("evolve", { uri: served.uri, table }));
});
afterAll(() => served?.[Symbol.asyncDispose]());

test("files from before and after PyIceberg changed the columns are read as one table", async () => {
  const ours = await queryRows(served.store, `SELECT added, id, new_name, count, gone FROM ${table}`);
  expect(ours).toEqual([
    ["19782", "4", "d", "1099511627776", "back"],
    [null, "1", "a", "-1", null],
    [null, "2", null, "2147483647", null],
    [null, "3", "c", null, null],
    [null, "5", null, "-1099511627776", null],
  ]);
  expect(ours).toEqual((await pythonRows({ uri: served.uri, table })).rows);
});

test("an older snapshot has the columns it had", async () => {
  const snapshots = new Map([["people", snapshotId(BigInt(before))]]);
  const ours = await queryRows(served.store, `SELECT * FROM ${table}`, { at: { kind: "snapshots", snapshots } });
  expect(ours).toEqual((await pythonRows({ uri: served.uri, table, snapshotId: before })).rows);
  expect(ours[0]).toEqual(["1", "a", "-1", "3fe0000000000000"]);
});

test("files of both ages are pruned by what they say of the columns", async () => {
  const people = await served.loadTable("evolution", "people");
  const files = async (filter: Parameters<typeof people.scan>[0]) => (await people.scan(filter).plan()).tasks.length;
  expect(await files({})).toBe(3);
  expect(await files({ filter: greaterThan("count", 2n ** 31n) })).toBe(1);
  expect(await files({ filter: lessThan("count", 0n) })).toBe(2);
  expect(await files({ filter: equalTo("new_name", "d") })).toBe(1);
  expect(await files({ filter: equalTo("new_name", "a") })).toBe(1);
});
