import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { icecoreOk } from "../support/icecore.ts";

const definitions = `
import { defineEntity, defineFeatureService, defineFeatureView, project } from "@icecore/feature-registry";
const about = { owner: "o", description: "d" };
export const group = defineEntity({ name: "group", joinKeys: { end: "string", Case: "int" }, ...about });
export const order = defineFeatureView({
  name: "order", entities: [group], features: { select: "double", t: "string", slot: "timestamptz", v0: "decimal(9, 2)" }, partitionBy: "hour", ...about,
});
export const table = defineFeatureService({
  name: "table", features: [project(order, { as: "a1", joinKeyMap: { end: "from" } }), project(order, { as: "b1", joinKeyMap: { end: "to" } })], ...about,
});
`;

let directory: string;
const run = async (...args: string[]) => JSON.parse(await icecoreOk("--repo", directory, "--json", ...args));
const write = async (name: string, text: string) => {
  await writeFile(join(directory, name), text);
  return join(directory, name);
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "icecore [x] 'q' *é-"));
  await write("feature_store.yaml", "project: odd\n");
  await write("features.ts", definitions);
  await run("apply");
  const rows =
    "end,Case,event_timestamp,select,t,slot,v0\n007,1,1969-12-31T23:59:59.5Z,0.1,hé,2001-01-01T00:00:00Z,1.25\ny,2,2026-01-01T00:00:00+05:30,NaN,,,\n";
  await run("ingest", "order", await write("rows.csv", rows));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("names that are SQL's own, in a directory whose name is a pattern", () => {
  it("are queried", async () => {
    expect(await run("query", 'SELECT "end", "Case", "select", v0 FROM "order" ORDER BY ALL')).toEqual([
      { end: "007", Case: 1, select: 0.1, v0: "1.25" },
      { end: "y", Case: 2, select: "NaN", v0: null },
    ]);
  });

  it("are joined, twice under two names", async () => {
    const spine = await write("spine.csv", "from,to,Case,event_timestamp\n007,y,1,1969-12-31T23:59:59.5Z\n");
    const out = join(directory, "out [1].ndjson");
    const { result } = await run(
      "training-set",
      "create",
      "t",
      "--spine",
      spine,
      "--service",
      "table",
      "--full-feature-names",
      "--out",
      out,
    );
    expect(result.rows).toBe(1);
    expect(await run("training-set", "reproduce", "t")).toMatchObject({ identical: true });
  });

  it("are served", async () => {
    await run("materialize");
    const [entity] = await run("online", "get", "--features", "order:t", "--entity", "end=007,Case=1");
    expect(entity.features).toMatchObject([{ name: "t", value: "hé", status: "PRESENT" }]);
  });
});
