import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Database } from "../../database.ts";
import type { Session } from "../../session.ts";
import { withPlainIntegers } from "./plain-integers.ts";
import { rewriteFooter } from "./rewrite-footer.ts";

let folder: string;
let database: Database;
let session: Session;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "icecore-footer-"));
  database = await Database.open();
  session = await database.connect();
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const columns = `i::INTEGER AS i, i::BIGINT AS l, {'in': i::INTEGER, 'list': [i::INTEGER]} AS s, MAP {i::BIGINT: i::INTEGER} AS m,
  i::SMALLINT AS h, DATE '2020-01-01' + i::INTEGER AS d, i::DECIMAL(9,2) AS n, make_timestamp(i) AS t, i::VARCHAR AS v, i % 2 = 0 AS b`;

it("says no more of ints and longs than how they are stored, at any depth, and leaves the rest and the rows alone", async () => {
  const path = join(folder, "some.parquet");
  // More columns than a short list header counts.
  const many = Array.from({ length: 20 }, (_, index) => `i::INTEGER AS c${index}`).join(", ");
  await session.run(
    `COPY (SELECT ${columns}, ${many} FROM range(1000) r(i)) TO '${path}' (FIELD_IDS {i: 1, l: 2, c19: 400})`,
  );
  const schema = () => session.rows(`SELECT * FROM parquet_schema('${path}')`);
  const rows = () => session.rows(`SELECT hash(COLUMNS(*)) FROM '${path}'`);
  const metadata = () => session.rows(`SELECT * FROM parquet_metadata('${path}')`);
  const before = { schema: await schema(), rows: await rows(), metadata: await metadata() };
  expect(await rewriteFooter(path, withPlainIntegers)).toBe(BigInt((await stat(path)).size));
  const isInteger = (row: Readonly<Record<string, unknown>>) =>
    ["INT_32", "INT_64"].includes(String(row["converted_type"]));
  const expected = before.schema.map((row) =>
    isInteger(row) ? { ...row, converted_type: null, logical_type: null } : row,
  );
  expect(before.schema.filter(isInteger)).toHaveLength(26);
  expect(await schema()).toEqual(expected);
  expect(await rows()).toEqual(before.rows);
  expect(await metadata()).toEqual(before.metadata);
  const { size } = await stat(path);
  await rewriteFooter(path, withPlainIntegers);
  expect((await stat(path)).size).toBe(size);
});
