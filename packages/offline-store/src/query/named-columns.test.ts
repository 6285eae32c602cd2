import { Database } from "@icecore/iceberg-catalog/duckdb";
import { afterAll, beforeAll, expect, it } from "vitest";
import { namedColumns } from "./named-columns.ts";
import { parseSelect } from "./sql-tree.ts";

let database: Database;
beforeAll(async () => {
  database = await Database.open();
});
afterAll(() => database[Symbol.asyncDispose]());

it.each([
  ["SELECT a.X, count(*) FROM t a JOIN u USING (k) WHERE y > 1 GROUP BY ALL", ["a", "k", "x", "y"]],
  ["WITH c AS (SELECT b FROM t) SELECT c.b FROM c ORDER BY z", ["b", "c", "z"]],
  ["SELECT t.s.f FROM t", ["f", "s", "t"]],
  ["SELECT 1 FROM t", []],
  ["SELECT * FROM t", undefined],
  ["FROM t", undefined],
  ["SELECT x FROM (FROM t)", undefined],
  ["SELECT COLUMNS('a.*') FROM t", undefined],
  ["SELECT x FROM t NATURAL JOIN u", undefined],
  ["SELECT t FROM t", undefined],
  ["SELECT a FROM t AS A", undefined],
])("%s can mean the columns %j", async (sql, names) => {
  await using session = await database.connect();
  const found = namedColumns(await parseSelect(session, sql));
  expect(found && [...found].sort()).toEqual(names);
});
