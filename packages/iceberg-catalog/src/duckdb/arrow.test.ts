import type { Data } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { Database } from "./database.ts";

async function batchesOf(sql: string) {
  await using database = await Database.open();
  await using session = await database.connect();
  const batches = [];
  for await (const batch of session.batches(sql)) batches.push(batch);
  return batches;
}

/** The bytes of a value: Arrow's own way to text leaves out a byte order mark. */
const valueAt = (data: Data | undefined, row: number): Uint8Array =>
  data?.values.subarray(data.valueOffsets[row], data.valueOffsets[row + 1]);

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

  it("begins with small batches, and has none that are large", async () => {
    const batches = await batchesOf("SELECT i FROM range(200000) t(i)");
    expect(batches.map(({ numRows }) => numRows)).toEqual([8192, 16_384, 32_768, 65_536, 65_536, 11_584]);
  });

  it("gives text and bytes of any length, in lists and structs, too, and every boolean", async () => {
    const text = "repeat('é', i % 40) || CASE WHEN i % 7 = 0 THEN chr(65279) || 'mark' ELSE '' END";
    const batches = await batchesOf(
      `SELECT i::INTEGER AS i, CASE WHEN i % 5 <> 0 THEN ${text} END AS s, encode(${text}) AS x, i % 3 = 0 AS b,
              CASE WHEN i % 11 <> 0 THEN [${text}, NULL, i::VARCHAR] END AS l, {t: ${text}, b: i % 2 = 0} AS r FROM range(70000) t(i)`,
    );
    const rows = batches.flatMap((batch) => [...batch]);
    const textOf = (i: number) => "é".repeat(i % 40) + (i % 7 === 0 ? "\ufeffmark" : "");
    const plain = new TextDecoder("utf-8", { ignoreBOM: true });
    for (const i of [0, 1, 5, 6, 7, 12, 13, 21, 77, 2047, 2048, 2049, 4100, 65535, 65536, 69_993, 69_999]) {
      const row = rows[i];
      expect(row?.["i"]).toBe(i);
      expect(plain.decode(row?.["x"])).toBe(textOf(i));
      expect(row?.["b"]).toBe(i % 3 === 0);
      expect(row?.["s"] === null).toBe(i % 5 === 0);
      expect(row?.["l"] === null).toBe(i % 11 === 0);
      if (i % 11 !== 0) expect([row?.["l"].get(1), row?.["l"].get(2)]).toEqual([null, String(i)]);
      expect(row?.["r"].b).toBe(i % 2 === 0);
    }
    const bytes = batches.flatMap((batch) => {
      const [text, nested] = [batch.getChild("s")?.data[0], batch.getChild("r")?.getChild("t")?.data[0]];
      return Array.from({ length: batch.numRows }, (_, i) =>
        [text, nested].map((data) => plain.decode(valueAt(data, i))),
      );
    });
    expect(bytes).toEqual(rows.map((_, i) => [i % 5 === 0 ? "" : textOf(i), textOf(i)]));
  });

  it("gives one empty batch for an empty result, so that its schema is known", async () => {
    const batches = await batchesOf("SELECT 1 AS a WHERE false");
    expect(batches.map((batch) => [batch.numRows, batch.schema.names])).toEqual([[0, ["a"]]]);
  });
});
