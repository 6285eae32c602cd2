import { describe, expect, it } from "vitest";
import { Database } from "./database.ts";

async function batchesOf(sql: string) {
  await using database = await Database.open();
  await using session = await database.connect();
  const batches = [];
  for await (const batch of session.batches(sql)) batches.push(batch);
  return batches;
}

describe("Arrow from DuckDB", () => {
  it("carries every type with its values and nulls", async () => {
    const [batch] = await batchesOf(`
      SELECT true AS b, 7 AS i, 9223372036854775807 AS l, 0.5::FLOAT AS f, 1.5::DOUBLE AS d, DATE '2001-02-03' AS day,
             TIME '01:02:03' AS t, TIMESTAMPTZ '2001-02-03 04:05:06.789012+00' AS ts, 'zürich' AS s, '\\x01\\xFF'::BLOB AS x,
             -12.34::DECIMAL(9,2) AS dec
      UNION ALL SELECT null, null, null, null, null, null, null, null, null, null, null`);
    const column = (name: string) => batch?.getChild(name);
    expect(batch?.numRows).toBe(2);
    expect(column("l")?.get(0)).toBe(9223372036854775807n);
    expect(column("ts")?.data[0]?.values[0]).toBe(981173106789012n);
    expect(column("s")?.get(0)).toBe("zürich");
    expect([...(column("x")?.get(0) ?? [])]).toEqual([1, 255]);
    expect(column("b")?.toArray()).toEqual([true, null]);
    expect(String(column("dec")?.get(0))).toBe("-1234");
    for (const field of batch?.schema.fields ?? []) expect(column(field.name)?.get(1)).toBeNull();
  });

  it("keeps nulls in their places across chunks and batches", async () => {
    const batches = await batchesOf(
      "SELECT i::INTEGER AS i, CASE WHEN i % 3 = 0 OR i BETWEEN 5000 AND 9000 THEN NULL ELSE i::INTEGER END AS v FROM range(150000) t(i)",
    );
    expect(batches.length).toBeGreaterThan(1);
    const ids = batches.flatMap((batch) => [...(batch.getChild("i") ?? [])]);
    const values = batches.flatMap((batch) => [...(batch.getChild("v") ?? [])]);
    const isNull = (row: number) => row % 3 === 0 || (row >= 5000 && row <= 9000);
    expect(ids).toEqual(Array.from({ length: 150_000 }, (_, row) => row));
    expect(values).toEqual(ids.map((row) => (isNull(row) ? null : row)));
  });

  it("gives one empty batch for an empty result, so that its schema is known", async () => {
    const batches = await batchesOf("SELECT 1 AS a WHERE false");
    expect(batches.map((batch) => [batch.numRows, batch.schema.names])).toEqual([[0, ["a"]]]);
  });
});
