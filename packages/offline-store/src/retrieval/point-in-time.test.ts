import { resolveFeatures } from "@icecore/feature-registry";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appendRows } from "../testing/append-rows.ts";
import {
  casesPerDataSet,
  projectionsOf,
  type SpineRow,
  spineRows,
  spineTogether,
  spineTypes,
  type ViewCase,
  viewCases,
} from "../testing/point-in-time-cases.ts";
import { oracleAnswer } from "../testing/point-in-time-oracle.ts";
import { type Cell, rowsSql } from "../testing/rows-sql.ts";
import { TestProject } from "../testing/test-project.ts";
import { joins, withEveryStrategy } from "../testing/with-strategy.ts";
import { type PinnedView, planHistoricalFeatures, retrievalJob } from "./historical-features.ts";
import type { PointInTimePlan } from "./point-in-time-plan.ts";
import { loadSpine } from "./spine.ts";

let project: TestProject;
beforeAll(async () => {
  project = await TestProject.open({ threads: 1 });
});
afterAll(() => project[Symbol.asyncDispose]());

const dataSets = 25;

describe("the point-in-time join", () => {
  it("answers as the rule says, whatever the strategy", { timeout: 120_000 }, async () => {
    let number = 0;
    const dataSet = fc.record({ a: viewCases("a"), b: viewCases("b") });
    await fc.assert(
      fc.asyncProperty(
        dataSet,
        fc.array(spineRows, { minLength: casesPerDataSet, maxLength: casesPerDataSet }),
        async ({ a, b }, spines) => {
          number++;
          const cases = [a, b].map((one) => ({ ...one, view: { ...one.view, name: `${one.view.name}_${number}` } }));
          const pinned = await store(cases);
          for (const spine of [spineTogether(spines), spines[0] ?? [], []]) await check(cases, pinned, spine);
        },
      ),
      { numRuns: dataSets },
    );
  });
});

async function store(cases: readonly ViewCase[]): Promise<readonly PinnedView[]> {
  await project.apply(...cases.map(({ view }) => view));
  for (const { view, commits } of cases) {
    const keys = view.joinKeys.map((key) => [key.name, key.type === "long" ? "BIGINT" : "VARCHAR"]);
    const types = {
      ...Object.fromEntries(keys),
      event_timestamp: "TIMESTAMPTZ",
      created: "TIMESTAMPTZ",
      count: "BIGINT",
      text: "VARCHAR",
    };
    for (const rows of commits) {
      const cells = rows.map((row): readonly Cell[] => [...row.keys, row.time, row.created, ...row.values]);
      if (cells.length > 0) await appendRows(project, view, rowsSql(types, cells));
    }
  }
  const views = cases.map(({ view }) => view);
  const service = {
    kind: "feature_service",
    name: "s",
    description: "",
    owner: "",
    tags: {},
    projections: cases.flatMap(projectionsOf),
  } as const;
  const requests = resolveFeatures(
    { entities: [], featureViews: views, featureServices: [service] },
    { service: "s", fullFeatureNames: true },
  );
  return Promise.all(requests.map((request) => project.pin(request)));
}

async function check(
  cases: readonly ViewCase[],
  pinned: readonly PinnedView[],
  rows: readonly SpineRow[],
): Promise<void> {
  const expected = rows.map((row, index) => [
    row.driver_id,
    `row ${index}`,
    row.other_id,
    row.airport,
    row.time,
    ...joins.flatMap(() => pinned.flatMap((view) => expectedFeatures(cases, view, row))),
  ]);
  const { session } = project;
  const sql = rowsSql(
    spineTypes,
    rows.map((row, index) => [row.driver_id, `row ${index}`, row.other_id, row.airport, row.time]),
  );
  const spine = await loadSpine(session, { sql });
  const { plan } = await planHistoricalFeatures(session, spine, pinned);
  const job = retrievalJob(session, spine, withEveryStrategy(plan), pinned);
  expect(await job.run((result) => cellsOf(plan, result))).toEqual(expected);
  await session.run(`DROP TABLE ${spine.table}`);
}

async function cellsOf(plan: PointInTimePlan, sql: string): Promise<readonly (readonly unknown[])[]> {
  const time = plan.spine.timestampColumn;
  const rows = await project.session.rows(`SELECT * REPLACE (epoch_us("${time}") AS "${time}") FROM (${sql})`);
  return rows.map((row) => Object.values(row));
}

function expectedFeatures(
  cases: readonly ViewCase[],
  { request }: PinnedView,
  row: SpineRow,
): readonly (Cell | null)[] {
  const found = cases.find(({ view }) => view.name === request.view.name);
  const keys = request.keyColumns.map((column) => row[column as keyof SpineRow]);
  const answer = oracleAnswer(found?.commits.flat() ?? [], request.view.ttlSeconds, { keys, time: row.time });
  return answer?.values ?? [null, null];
}
