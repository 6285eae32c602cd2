import { expect, it } from "vitest";
import { Database } from "./database.ts";
import { TemporaryTables } from "./temporary-tables.ts";

it("knows how many rows each table was created with, and leaves none behind", async () => {
  await using database = await Database.open();
  await using session = await database.connect();
  const tables = new TemporaryTables(session);
  const some = await tables.create("some", "SELECT * FROM range(5000)", "test");
  const none = await tables.create("some", `SELECT * FROM ${some} WHERE false`, "test");
  expect([tables.count(some), tables.count(none)]).toEqual([5000n, 0n]);
  await expect(tables.create("bad", "SELECT 1 / 'x'", "a table")).rejects.toMatchObject({
    message: expect.stringMatching(/^a table: /),
  });
  await tables[Symbol.asyncDispose]();
  expect(await session.rows("SELECT * FROM duckdb_tables()")).toEqual([]);
});
