import type { KeyTypeName } from "@icecore/feature-registry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appendRows } from "../testing/append-rows.ts";
import { TestProject } from "../testing/test-project.ts";
import { requestOf, viewOf } from "../testing/views.ts";
import { joinsFor, withEveryStrategy } from "../testing/with-strategy.ts";
import { planHistoricalFeatures, retrievalJob } from "./historical-features.ts";
import { loadSpine } from "./spine.ts";

let project: TestProject;
beforeAll(async () => {
  project = await TestProject.open({ threads: 1 });
});
afterAll(() => project[Symbol.asyncDispose]());

const at = (second: number) => `make_timestamptz(${second}000000)`;

/** A view whose key has the values of `stored`, one row each, asked for by the values of `asked`: what every join finds. */
async function found(
  type: KeyTypeName,
  stored: readonly string[],
  asked: readonly string[],
): Promise<readonly unknown[]> {
  const name = `keys_${crypto.randomUUID().replaceAll("-", "_")}`;
  const view = viewOf({ name, joinKeys: [{ name: "k", type }], features: [{ name: "n", type: "int" }] });
  await project.apply(view);
  const rows = stored.map(
    (key, n) => `SELECT ${key} AS k, ${at(0)} AS event_timestamp, ${at(0)} AS created, ${n} AS n`,
  );
  await appendRows(project, view, rows.join(" UNION ALL "));
  const { session } = project;
  const spine = await loadSpine(session, {
    sql: asked.map((key, n) => `SELECT ${key} AS k, ${at(n)} AS event_timestamp`).join(" UNION ALL "),
  });
  const pinned = [await project.pin(requestOf(view))];
  const { plan } = await planHistoricalFeatures(session, spine, pinned);
  const answers = await retrievalJob(session, spine, withEveryStrategy(plan), pinned).run((sql) =>
    session.rows(`SELECT COLUMNS('n by .*') FROM (${sql})`),
  );
  const joins = joinsFor(plan).length;
  return answers.map((row) => {
    const values = Object.values(row);
    expect(values).toEqual(Array(joins).fill(values[0]));
    return values[0];
  });
}

describe("keys are equal by their value", () => {
  it.each<[KeyTypeName, string, readonly string[], readonly string[], readonly (number | null)[]]>([
    ["int", "TINYINT", ["1", "-1"], ["-1::TINYINT", "1::TINYINT", "NULL"], [1, 0, null]],
    ["int", "BIGINT, beyond an int", ["1"], ["4294967297", "1"], [null, 0]],
    ["long", "UBIGINT, beyond a long", ["-1", "7"], ["18446744073709551615::UBIGINT", "7::UBIGINT"], [null, 1]],
    ["long", "INTEGER", ["9007199254740993", "5"], ["5::INTEGER", "6::INTEGER"], [1, null]],
    ["string", "an enum", ["'a'", "''"], ["''::ENUM('', 'a')", "'a'::ENUM('', 'a')"], [1, 0]],
    [
      "string",
      "text that is longer than a bound",
      [`repeat('é', 300)`],
      [`repeat('é', 300)`, `repeat('é', 299)`],
      [0, null],
    ],
    ["timestamptz", "a time of another zone", [at(5)], ["TIMESTAMPTZ '1970-01-01 01:00:05+01:00'", at(6)], [0, null]],
    [
      "binary",
      "bytes",
      ["'\\x00\\xFF'::BLOB", "''::BLOB"],
      ["''::BLOB", "'\\x00\\xFF'::BLOB", "'\\x00'::BLOB"],
      [1, 0, null],
    ],
  ])("%s by %s", async (type, _, stored, asked, expected) => {
    expect(await found(type, stored, asked)).toEqual(expected);
  });

  it("two keys are two, however they read one after the other", async () => {
    expect(await found("string", ["'1 11'", "'11 1'"], ["'11 1'", "'1 11'"])).toEqual([1, 0]);
  });
});

describe("named cases", () => {
  it("a view without entities is answered by every join, in parts as well", async () => {
    const view = viewOf({ name: "everywhere", joinKeys: [], features: [{ name: "n", type: "int" }] });
    await project.apply(view);
    await appendRows(project, view, `SELECT ${at(0)} AS event_timestamp, ${at(0)} AS created, 7 AS n`);
    const { session } = project;
    const spine = await loadSpine(session, { sql: `SELECT ${at(3)} AS event_timestamp` });
    const pinned = [await project.pin(requestOf(view))];
    const { plan } = await planHistoricalFeatures(session, spine, pinned);
    const [row] = await retrievalJob(session, spine, withEveryStrategy(plan), pinned).run((sql) =>
      session.rows(`SELECT COLUMNS('n by .*') FROM (${sql})`),
    );
    expect(Object.values(row ?? {})).toEqual(joinsFor(plan).map(() => 7));
  });

  it("a clock that is put back gives two rows of one local time, which stay apart", async () => {
    const view = viewOf({ name: "put_back", features: [{ name: "n", type: "int" }] });
    await project.apply(view);
    const times = ["2024-10-27 02:30:00+02", "2024-10-27 02:30:00+01"].map((time) => `TIMESTAMPTZ '${time}'`);
    const rows = times.map(
      (time, n) => `SELECT 1 AS driver_id, ${time} AS event_timestamp, ${time} AS created, ${n} AS n`,
    );
    await appendRows(project, view, rows.join(" UNION ALL "));
    const { session } = project;
    const sql = times.map((time) => `SELECT 1 AS driver_id, ${time} AS event_timestamp`).join(" UNION ALL ");
    const job = await planHistoricalFeatures(session, await loadSpine(session, { sql }), [
      await project.pin(requestOf(view)),
    ]);
    expect(await job.run((result) => session.rows(`SELECT n FROM (${result})`))).toEqual([{ n: 0 }, { n: 1 }]);
  });
});
