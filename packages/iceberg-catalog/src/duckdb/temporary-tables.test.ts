import { expect, it } from "vitest";
import { Database } from "./database.ts";
import { TemporaryTables, withTables } from "./temporary-tables.ts";

it("knows how many rows each table was created with, and leaves none behind", async () => {
  await using database = await Database.open();
  await using session = await database.connect();
  const tables = new TemporaryTables(session);
  const some = await tables.create("some", "SELECT * FROM range(5000)", "test");
  const none = await tables.create("some", `SELECT * FROM ${some} WHERE false`, "test");
  const pivoted = await tables.create("some", "FROM (PIVOT (FROM range(9)) ON range % 2 USING count(*))", "test");
  expect([some, none, pivoted].map((name) => tables.count(name))).toEqual([5000n, 0n, 1n]);
  await expect(tables.create("bad", "SELECT 1 / 'x'", "a table")).rejects.toMatchObject({
    message: expect.stringMatching(/^a table: /),
  });
  await tables[Symbol.asyncDispose]();
  expect(await session.rows("SELECT * FROM duckdb_tables()")).toEqual([]);
});

it("a result that cannot be read leaves no table behind", async () => {
  await using database = await Database.open();
  await using session = await database.connect();
  const failed = withTables(session, async (tables) => {
    await tables.create("some", "SELECT 1 AS a", "test");
    throw new Error("no more");
  });
  await expect(failed).rejects.toThrow("no more");
  expect(await session.rows("SELECT * FROM duckdb_tables()")).toEqual([]);
});
