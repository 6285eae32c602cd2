import type { FeatureView } from "@icecore/feature-registry";
import type { Session } from "@icecore/iceberg-catalog/duckdb";
import { Database } from "@icecore/iceberg-catalog/duckdb";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appendRows } from "../testing/append-rows.ts";
import { type Cell, rowsSql } from "../testing/rows-sql.ts";
import { TestProject } from "../testing/test-project.ts";
import { requestOf, viewOf } from "../testing/views.ts";
import { joinsFor, withEveryStrategy } from "../testing/with-strategy.ts";
import { type PinnedView, planHistoricalFeatures, retrievalJob } from "./historical-features.ts";
import { loadSpine } from "./spine.ts";

let project: TestProject;
const databases: Database[] = [];
beforeAll(async () => {
  project = await TestProject.open();
  for (const threads of [1, 2]) databases.push(await Database.open({ threads }));
});
afterAll(async () => {
  for (const database of databases) await database[Symbol.asyncDispose]();
  await project[Symbol.asyncDispose]();
});

const types = {
  driver_id: "BIGINT",
  event_timestamp: "TIMESTAMPTZ",
  created: "TIMESTAMPTZ",
  x: "DOUBLE",
  text: "VARCHAR",
  bytes: "BLOB",
};
const features = [
  { name: "x", type: "double" },
  { name: "text", type: "string" },
  { name: "bytes", type: "binary" },
];

const row: fc.Arbitrary<readonly Cell[]> = fc.tuple(
  fc.constantFrom(1n, 2n),
  fc.constantFrom(-1n, 0n),
  fc.constantFrom(null, 0n),
  fc.constantFrom(null, 0, -0, 1.5, Number.NaN, Number.POSITIVE_INFINITY),
  fc.constantFrom(null, "", "a", "ä", "😀"),
  fc.constantFrom(null, new Uint8Array(), Uint8Array.of(0), Uint8Array.of(255)),
);

const spine = "SELECT k AS driver_id, make_timestamptz(t) AS event_timestamp FROM range(4) a(k), range(-3, 3) b(t)";

describe("rows that tie in time and creation", () => {
  it("give one answer, whatever the strategy, the threads and the layout of the files", async () => {
    let number = 0;
    const rows = fc.array(row, { minLength: 2, maxLength: 24 });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 2, max: 4 }), async (tied, parts) => {
        const whole = viewOf({ name: `whole_${number}`, features });
        const split = viewOf({ name: `split_${number++}`, features });
        await project.apply(whole, split);
        await appendRows(project, whole, rowsSql(types, tied));
        for (const part of dealtOut(tied, parts)) await appendRows(project, split, rowsSql(types, part));
        const answers = [...(await answersOf(whole)), ...(await answersOf(split))];
        expect(answers).toHaveLength(4 * joinsFor({ filterByCreatedTimestamp: false }).length);
        expect(new Set(answers).size).toBe(1);
      }),
      { numRuns: 10 },
    );
  }, 120_000);
});

/** The rows in parts, last part first. */
function dealtOut<T>(rows: readonly T[], parts: number): readonly (readonly T[])[] {
  const dealt = Array.from({ length: parts }, (_, part) => rows.filter((_, index) => index % parts === part));
  return dealt.filter((part) => part.length > 0).reverse();
}

async function answersOf(view: FeatureView): Promise<readonly string[]> {
  const pinned = await project.pin(requestOf(view));
  const answers: string[] = [];
  for (const database of databases) {
    await using session = await database.connect();
    answers.push(...(await answersBy(session, pinned)));
  }
  return answers;
}

/** What every join answers. */
async function answersBy(session: Session, view: PinnedView): Promise<readonly string[]> {
  const loaded = await loadSpine(session, { sql: spine });
  const { plan } = await planHistoricalFeatures(session, loaded, [view]);
  const names = joinsFor(plan);
  const columns = (name: string) =>
    `list([driver_id::VARCHAR, event_timestamp::VARCHAR, "x by ${name}"::VARCHAR, "text by ${name}", hex("bytes by ${name}")])::VARCHAR`;
  const rows = await retrievalJob(session, loaded, withEveryStrategy(plan), [view]).run((sql) =>
    session.rows(`SELECT ${names.map((name) => `${columns(name)} AS "${name}"`).join(", ")} FROM (${sql})`),
  );
  return names.map((name) => String(rows[0]?.[name]));
}
