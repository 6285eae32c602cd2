import { type FeatureRequest, type FeatureView, noDefinitions, resolveFeatures } from "@icecore/feature-registry";
import { equalTo } from "@icecore/iceberg-catalog";
import { deleteRows, equalityDelete } from "@icecore/iceberg-catalog/duckdb";
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
import { type FeatureRow, oracleAnswer } from "../testing/point-in-time-oracle.ts";
import { type Cell, rowsSql } from "../testing/rows-sql.ts";
import { type SpineKind, spineKinds, spineOf } from "../testing/spine-kinds.ts";
import { TestProject } from "../testing/test-project.ts";
import { joinsFor, withEveryStrategy } from "../testing/with-strategy.ts";
import { type PinnedView, planHistoricalFeatures, retrievalJob } from "./historical-features.ts";
import type { PointInTimePlan } from "./point-in-time-plan.ts";
import { loadSpine } from "./spine.ts";

let project: TestProject;
beforeAll(async () => {
  project = await TestProject.open({ threads: 1 });
});
afterAll(() => project[Symbol.asyncDispose]());

/** Each with as many cases as are in one data set, for two views: 10 500 together. Raise it to look further. */
const dataSets = 10;

describe("the point-in-time join", () => {
  it("answers as the rule says, whatever the strategy", { timeout: 60_000 + dataSets * 10_000 }, async () => {
    let number = 0;
    const dataSet = fc.record({ a: viewCases("a"), b: viewCases("b") });
    await fc.assert(
      fc.asyncProperty(
        dataSet,
        fc.array(spineRows, { minLength: casesPerDataSet, maxLength: casesPerDataSet }),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        async ({ a, b }, spines, filterByCreatedTimestamp, deletes, evolves) => {
          const kind = spineKinds[number % spineKinds.length] ?? "sql";
          number++;
          const cases = [a, b].map((one) => ({ ...one, view: { ...one.view, name: `${one.view.name}_${number}` } }));
          const pinned = await store(cases, { deletes, evolves });
          const left = deletes ? cases.map(withoutDeleted) : cases;
          for (const spine of [spineTogether(spines), spines[0] ?? [], []]) {
            await check(left, pinned, spine, kind, { filterByCreatedTimestamp });
          }
        },
      ),
      { numRuns: dataSets, endOnFailure: true },
    );
  });
});

/** Of what was there before the last commit, delete files take some away: by their position, and by equality. */
const isDeleted = ({ values: [count, text] }: FeatureRow): boolean => count === -5n || text === "zz";

const withoutDeleted = ({ commits, ...more }: ViewCase): ViewCase => ({
  ...more,
  commits: commits.map((rows, index) => (index === commits.length - 1 ? rows : rows.filter((row) => !isDeleted(row)))),
});

async function deleteSome(view: FeatureView, rows: readonly FeatureRow[]): Promise<void> {
  const { session } = project;
  const mode = "merge-on-read";
  await deleteRows(session, await project.table(view), equalTo("count", -5n), { mode });
  const times = [...new Set(rows.filter(({ values }) => values[1] === "zz").map(({ time }) => time))];
  if (times.length === 0) return;
  // A table that is partitioned by time has to be told the time.
  const sql = rowsSql(
    { event_timestamp: "TIMESTAMPTZ", text: "VARCHAR" },
    times.map((time) => [time, "zz"]),
  );
  await equalityDelete(session, await project.table(view), { sql }, { on: ["event_timestamp", "text"] });
}

/** What is done to tables between the appends to them. */
interface Between {
  readonly deletes: boolean;
  /** Whether later files are partitioned otherwise: by a key where there is one, by another stretch of time, or not at all. */
  readonly evolves: boolean;
}

async function evolve(view: FeatureView, commit: number): Promise<void> {
  const [key] = view.joinKeys;
  const table = await project.table(view);
  await table
    .newTransaction()
    .updateSpec((update) => {
      for (const { name } of table.spec.fields) update.removeField(name);
      if (commit === 1 && key !== undefined) update.addField(key.name, { kind: "bucket", buckets: 3 });
      if (commit === 1) update.addField("event_timestamp", { kind: view.partitionBy === "hour" ? "day" : "hour" });
    })
    .commit();
}

async function store(cases: readonly ViewCase[], { deletes, evolves }: Between): Promise<readonly PinnedView[]> {
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
    for (const [index, rows] of commits.entries()) {
      if (evolves && index > 0) await evolve(view, index);
      if (deletes && index === commits.length - 1) await deleteSome(view, commits.slice(0, index).flat());
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
    { ...noDefinitions, featureViews: views, featureServices: [service] },
    { service: "s", fullFeatureNames: true },
  );
  return Promise.all(requests.map((request) => project.pin(request)));
}

async function check(
  cases: readonly ViewCase[],
  pinned: readonly PinnedView[],
  rows: readonly SpineRow[],
  kind: SpineKind,
  options: { readonly filterByCreatedTimestamp: boolean },
): Promise<void> {
  const byName = new Map(cases.map(({ view, commits }) => [view.name, rowsByKeys(commits.flat())]));
  const expected = rows.map((row, index) => {
    const answers = pinned.flatMap(({ request }) =>
      expectedFeatures(byName.get(request.view.name), request, row, options),
    );
    const asked = [row.driver_id, `row ${index}`, row.other_id, row.airport, row.time];
    return [...asked, ...joinsFor(options).flatMap(() => answers)];
  });
  const { session } = project;
  const sql = rowsSql(
    spineTypes,
    rows.map((row, index) => [row.driver_id, `row ${index}`, row.other_id, row.airport, row.time]),
  );
  const spine = await loadSpine(session, await spineOf(project, isEmptyText(rows, kind) ? "sql" : kind, sql), {
    textColumns: new Set(["airport"]),
  });
  const { plan } = await planHistoricalFeatures(session, spine, pinned, options);
  const job = retrievalJob(session, spine, withEveryStrategy(plan), pinned);
  const found = await job.run((result) => cellsOf(plan, result));
  // A table's rows have no order but that of their values.
  const [is, should] = kind === "table" ? [byLabel(found), byLabel(expected)] : [found, expected];
  // Row by row only what is different: a matcher takes its time over a million values.
  const wrong = should.findIndex((row, index) => textOf(row) !== textOf(is[index]));
  expect([is.length, is[wrong]]).toEqual([should.length, should[wrong]]);
  await session.run(`DROP TABLE ${spine.table}`);
}

/** An empty text file is no file of rows. */
const isEmptyText = (rows: readonly SpineRow[], kind: SpineKind) =>
  rows.length === 0 && (kind === "csv" || kind === "ndjson");

const textOf = (row: readonly unknown[] | undefined): string =>
  JSON.stringify(row, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));

const byLabel = (rows: readonly (readonly unknown[])[]) =>
  [...rows].sort(([, a], [, b]) => (String(a) < String(b) ? -1 : 1));

async function cellsOf(plan: PointInTimePlan, sql: string): Promise<readonly (readonly unknown[])[]> {
  const time = plan.spine.timestampColumn;
  const rows = await project.session.rows(`SELECT * REPLACE (epoch_us("${time}") AS "${time}") FROM (${sql})`);
  return rows.map((row) => Object.values(row));
}

type RowsByKeys = ReadonlyMap<string, readonly FeatureRow[]>;

const keyOf = (keys: readonly unknown[]): string => JSON.stringify(keys.map(String));

function rowsByKeys(rows: readonly FeatureRow[]): RowsByKeys {
  const found = new Map<string, FeatureRow[]>();
  for (const row of rows) found.set(keyOf(row.keys), [...(found.get(keyOf(row.keys)) ?? []), row]);
  return found;
}

function expectedFeatures(
  rows: RowsByKeys | undefined,
  { keyColumns, view }: FeatureRequest,
  row: SpineRow,
  options: { readonly filterByCreatedTimestamp: boolean },
): readonly Cell[] {
  const keys = keyColumns.map((column) => row[column as keyof SpineRow]);
  const candidates = rows?.get(keyOf(keys)) ?? [];
  return oracleAnswer(candidates, view.ttlSeconds, { keys, time: row.time }, options)?.values ?? [null, null];
}
