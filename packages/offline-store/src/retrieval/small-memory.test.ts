import { expect, it } from "vitest";
import { appendRows } from "../testing/append-rows.ts";
import { TestProject } from "../testing/test-project.ts";
import { requestOf, viewOf } from "../testing/views.ts";
import { explainPlan } from "./explain-plan.ts";
import { planHistoricalFeatures } from "./historical-features.ts";
import { loadSpine } from "./spine.ts";

const rows = 400_000;

it("a spine that does not fit into memory is joined in parts, or spilt", { timeout: 120_000 }, async () => {
  const features = [
    { name: "n", type: "long" },
    { name: "text", type: "string" },
  ];
  const view = viewOf({ name: "wide", partitionBy: "none", features });
  await using project = await TestProject.open({ memoryLimit: "120MB", threads: 1 });
  await project.apply(view);
  await appendRows(
    project,
    view,
    `SELECT range AS driver_id, make_timestamptz(range % 1000) AS event_timestamp, NULL::TIMESTAMPTZ AS created, range AS n, 'text of ' || range AS text FROM range(${rows})`,
  );
  const sql = `SELECT (range * 7) % ${rows} AS driver_id, make_timestamptz(5000) AS event_timestamp FROM range(${rows})`;
  const { session } = project;
  const spine = await loadSpine(session, { sql });
  const job = await planHistoricalFeatures(session, spine, [await project.pin(requestOf(view))]);
  const found = await job.run((result) =>
    session.row(
      `SELECT count(*) AS total, count(*) FILTER (n = driver_id AND text = 'text of ' || n) AS right FROM (${result})`,
    ),
  );
  expect(found).toEqual({ total: BigInt(rows), right: BigInt(rows) });
  expect(job.plan.views[0]?.strategy).toMatchObject({ name: "slot-join" });
  expect(job.plan.views[0]?.strategy).not.toMatchObject({ passes: 1 });
});

it("and so is one without keys, by time", { timeout: 120_000 }, async () => {
  const features = [
    { name: "n", type: "long" },
    { name: "text", type: "string" },
  ];
  const view = viewOf({ name: "world", joinKeys: [], partitionBy: "none", features });
  await using project = await TestProject.open({ memoryLimit: "60MB", threads: 1 });
  await project.apply(view);
  await appendRows(
    project,
    view,
    `SELECT make_timestamptz(range * 1000) AS event_timestamp, NULL::TIMESTAMPTZ AS created, range AS n, 'text of ' || range || repeat('x', 100) AS text FROM range(${rows})`,
  );
  const sql = `SELECT make_timestamptz((range * 7) % ${rows} * 1000 + 1) AS event_timestamp, (range * 7) % ${rows} AS expected FROM range(${rows})`;
  const { session } = project;
  const spine = await loadSpine(session, { sql });
  const job = await planHistoricalFeatures(session, spine, [await project.pin(requestOf(view))]);
  const found = await job.run((result) =>
    session.row(
      `SELECT count(*) AS total, count(*) FILTER (n = expected AND text LIKE 'text of ' || n || 'x%') AS right FROM (${result})`,
    ),
  );
  expect(found).toEqual({ total: BigInt(rows), right: BigInt(rows) });
  expect(job.plan.views[0]?.strategy).toMatchObject({ name: "asof-join", passes: 8 });
  expect(explainPlan(job.plan)).toContain("asof-join in 8 parts by time: the spine does not fit into memory at once");
});
