import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestProject } from "../testing/test-project.ts";
import { measureBins, measureLimits, measureSlotSets } from "./measure-spine.ts";
import { loadSpine } from "./spine.ts";

let project: TestProject;
beforeAll(async () => {
  project = await TestProject.open({ memoryLimit: "1GB" });
});
afterAll(() => project[Symbol.asyncDispose]());

async function measured(sql: string, ...columns: readonly string[]) {
  const spine = await loadSpine(project.session, { sql });
  const [set] = await measureSlotSets(project.session, spine, [columns]);
  return { spine, set };
}

const at = "make_timestamptz(range * 1000000) AS event_timestamp";

describe("what a spine looks up by", () => {
  it("is counted by its keys, and by how many rows share the key of a row", async () => {
    const { set } = await measured(`SELECT range % 4 AS k, ${at} FROM range(1000)`, "k");
    expect(set).toEqual({
      keyColumns: ["k"],
      keys: 4n,
      rowsPerKey: 250,
      values: [{ kind: "few", values: [0n, 1n, 2n, 3n] }],
    });
  });

  it("is told by the rows, not by the keys, where one key has most of them", async () => {
    const { set } = await measured(
      `SELECT CASE WHEN range < 900 THEN -1 ELSE range END AS k, ${at} FROM range(1000)`,
      "k",
    );
    expect(set?.rowsPerKey).toBeCloseTo(810.1);
  });

  it("is estimated from a sample of many rows", async () => {
    const { set } = await measured(`SELECT range % 1000 AS k, ${at} FROM range(1000000)`, "k");
    expect(set?.rowsPerKey).toBeGreaterThan(900);
    expect(set?.rowsPerKey).toBeLessThan(1100);
  });

  it("is a range of many values, and leaves out nulls and what cannot be a key", async () => {
    const { set } = await measured(
      `SELECT nullif(range, 0)::UBIGINT AS k, 'key ' || range AS s, 18446744073709551615::UBIGINT AS huge, ${at} FROM range(1000)`,
      "k",
      "s",
      "huge",
    );
    expect(set?.values).toEqual([
      { kind: "range", from: 1n, to: 999n },
      { kind: "range", from: "key 0", to: "key 999" },
      { kind: "few", values: [] },
    ]);
  });

  it("is nothing in particular where there are no rows, or no keys", async () => {
    expect((await measured(`SELECT 1 AS k, ${at} FROM range(0)`, "k")).set).toMatchObject({ keys: 0n, rowsPerKey: 1 });
    expect((await measured(`SELECT ${at} FROM range(7)`)).set).toEqual({
      keyColumns: [],
      keys: 1n,
      rowsPerKey: 7,
      values: [],
    });
  });

  it("is less crowded in bins of time", async () => {
    const { spine } = await measured(`SELECT range % 4 AS k, ${at} FROM range(1000)`, "k");
    expect(await measureBins(project.session, spine, ["k"], 8_000_000n)).toEqual({ micros: 8_000_000n, rowsPerBin: 2 });
  });
});

it("the memory that may be used is the database's", async () => {
  const { memoryBytes } = await measureLimits(project.session);
  expect(Number(memoryBytes)).toBeGreaterThan(0.99e9);
  expect(Number(memoryBytes)).toBeLessThan(1.01e9);
});
