import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { applyPlan, planApply } from "./apply.ts";
import { type Definitions, noDefinitions } from "./definitions.ts";
import type { RegistryError } from "./errors.ts";
import type { ProjectCatalog } from "./store/project-catalog.ts";
import { loadAppliedVersions, loadRegistry, loadRegistryVersion } from "./store/registry-table.ts";
import { activity, driverDefinitions, driverStats } from "./testing/definitions.ts";
import { openProject, type TestProject } from "./testing/open-project.ts";
import { thrown } from "./testing/thrown.ts";
import { registryTableName } from "./validate.ts";
import { viewTableRequest } from "./view-table.ts";

let opened: TestProject;
let project: ProjectCatalog;
beforeEach(async () => {
  opened = await openProject();
  project = opened.project;
});
afterEach(() => opened[Symbol.asyncDispose]());

const more = (name: string) => driverDefinitions({ features: [...driverStats.features, { name, type: "int" }] });

async function apply(definitions: Definitions, to = project, allowDestructive = false) {
  return applyPlan(to, await planApply(to, definitions), { allowDestructive, nowMicros: 0n });
}

const columns = async () => (await project.loadTable("driver_stats")).schema.fields.map((field) => field.name);

describe("apply", () => {
  it("does what the plan says, and then there is nothing left to do", async () => {
    const applied = await apply(driverDefinitions({}, activity));
    expect(applied).toMatchObject({ version: 1, definitions: driverDefinitions({}, activity) });
    const again = await planApply(project, driverDefinitions({}, activity));
    expect(again.changes).toEqual([]);
    expect(await applyPlan(project, again, { nowMicros: 0n })).toMatchObject({ version: 1 });
    expect(await loadAppliedVersions(project)).toHaveLength(1);
  });

  it("keeps every version, to be read at its snapshot", async () => {
    const first = await apply(driverDefinitions());
    const second = await apply(more("tips"));
    const empty = await apply(noDefinitions, project, true);
    expect([first.version, second.version, empty.version]).toEqual([1, 2, 3]);
    expect(await loadRegistry(project, first.snapshotId)).toEqual({
      ...first,
      definitions: stored(driverDefinitions()),
    });
    expect(await loadRegistry(project, second.snapshotId)).toEqual({ ...second, definitions: stored(more("tips")) });
    expect(await loadRegistry(project)).toEqual({ ...empty, definitions: noDefinitions });
  });

  it("changes no table when the registry could not be written", async () => {
    await apply(driverDefinitions());
    const broken = await opened.refusing(registryTableName);
    await expect(apply(more("tips"), broken)).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(await columns()).not.toContain("tips");
    expect((await loadRegistry(project)).version).toBe(1);
    expect(await apply(more("tips"))).toMatchObject({ version: 2 });
    expect(await columns()).toContain("tips");
  });

  it("changes nothing when others change one of its tables meanwhile", async () => {
    await apply(driverDefinitions());
    const plan = await planApply(project, more("tips"));
    const outcome = applyPlan(
      await opened.before("/transactions/commit", async () => {
        const table = await project.loadTable("driver_stats");
        await table
          .newTransaction()
          .updateSchema((update) => update.addColumn("theirs", { kind: "int" }))
          .commit();
      }),
      plan,
      { nowMicros: 0n },
    );
    expect(await thrown(() => outcome)).toMatchInlineSnapshot(
      `"REGISTRY_CONFLICT: somebody else changed a table of the plan meanwhile, and nothing was applied; run plan again and look at what they changed"`,
    );
    expect(await columns()).toEqual(["driver_id", "event_timestamp", "created", "trips", "rate", "theirs"]);
    expect((await loadRegistry(project)).version).toBe(1);
    expect(await apply(more("tips"))).toMatchObject({ version: 2 });
  });

  it("is finished by the next one when the registry could not be written, and the catalog has no transactions", async () => {
    await using single = await openProject(false);
    opened = single;
    project = single.project;
    await apply(driverDefinitions());
    const broken = await opened.refusing(registryTableName);
    await expect(apply(more("tips"), broken)).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(await columns()).toContain("tips");
    expect((await loadRegistry(project)).version).toBe(1);
    const plan = await planApply(project, more("tips"));
    expect(plan.changes).toMatchObject([{ action: "update", details: ["+ tips int"], tableChanges: [] }]);
    expect(await applyPlan(project, plan, { nowMicros: 0n })).toMatchObject({ version: 2 });
    expect((await planApply(project, more("tips"))).changes).toEqual([]);
  });

  it("is finished by the next one when it had created but the first table", async () => {
    const broken = await opened.refusing(registryTableName);
    await expect(apply(driverDefinitions(), broken)).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect((await loadRegistry(project)).version).toBe(0);
    expect(await apply(driverDefinitions())).toMatchObject({ version: 1 });
  });

  it("is won by one of two at a time; the other is told, and has changed nothing", async () => {
    await apply(driverDefinitions());
    const plans = [await planApply(project, more("tips")), await planApply(project, more("tolls"))];
    const outcomes = await Promise.allSettled(plans.map((plan) => applyPlan(project, plan, { nowMicros: 0n })));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const lost = outcomes.find((outcome) => outcome.status === "rejected");
    expect(lost?.reason).toMatchObject({ code: "REGISTRY_CONFLICT" });
    const [winner, loser] = outcomes[0]?.status === "fulfilled" ? ["tips", "tolls"] : ["tolls", "tips"];
    expect(await columns()).toContain(winner);
    expect(await columns()).not.toContain(loser);
    expect(await loadRegistry(project)).toMatchObject({ version: 2, definitions: stored(more(winner)) });
    const registry = await project.loadTable(registryTableName);
    const { tasks } = await registry.scan().plan();
    expect(tasks).toHaveLength(2);
  });

  it("keeps versions that have no definition, and none that the registry was rolled back from", async () => {
    const first = await apply(driverDefinitions());
    await apply(noDefinitions, project, true);
    expect(await loadRegistryVersion(project, 2)).toMatchObject({ version: 2, definitions: noDefinitions });
    const registry = await project.loadTable(registryTableName);
    if (first.snapshotId === undefined) throw new Error("it was applied");
    await registry.newTransaction().setCurrentSnapshot(first.snapshotId).commit();
    expect((await loadAppliedVersions(project)).map(({ version }) => version)).toEqual([1]);
    expect(await thrown(() => loadRegistryVersion(project, 2))).toMatchInlineSnapshot(
      `"VERSION_NOT_FOUND: the registry in "test" has no version 2; icecore registry history lists those that it has"`,
    );
  });

  it("refuses everything that cannot be, at once", async () => {
    await apply(driverDefinitions({}, { ...driverStats, name: "other_stats" }));
    const [trips, rate] = driverStats.features;
    if (trips === undefined || rate === undefined) throw new Error("it has two");
    const features = [
      { ...trips, type: "string" },
      { ...rate, type: "float", default: 1 },
    ];
    const other = { ...driverStats, name: "other_stats", timestampField: "at", partitionBy: "year" } as const;
    const error = await planApply(project, driverDefinitions({ features }, other)).catch((refused: unknown) => refused);
    expect(error).toMatchObject({ code: "CHANGE_REFUSED" });
    expect((error as RegistryError).findings.map(({ where, message }) => `${where}: ${message.split(";")[0]}`)).toEqual(
      [
        `feature view "driver_stats": "trips" is int in its table and cannot become string`,
        `feature view "driver_stats": "rate" is double in its table and cannot become float, which is narrower`,
        `feature view "other_stats": its rows are identified by (driver_id long) at event_timestamp, which cannot become (driver_id long) at at`,
        `feature view "other_stats": its table is partitioned by day, which cannot become year yet`,
      ],
    );
  });

  it("takes no table for a view's that others keep under its name", async () => {
    await project.ensureNamespace();
    const { schema } = viewTableRequest(driverStats);
    const fields = schema.fields.filter(({ name }) => name === "trips");
    await project.ensureTable("driver_stats", { schema: { ...schema, fields } });
    expect(await thrown(() => apply(driverDefinitions()))).toContain(
      `feature view "driver_stats": its table has no column "driver_id", which identifies rows`,
    );
  });

  it("refuses a plan that somebody overtook", async () => {
    const late = await planApply(project, driverDefinitions({}, activity));
    await apply(driverDefinitions());
    expect(await thrown(() => applyPlan(project, late, { nowMicros: 0n }))).toMatchInlineSnapshot(
      `"REGISTRY_CONFLICT: somebody else applied on top of version 0 of the registry meanwhile; run plan again and look at what they changed"`,
    );
  });

  it("asks before something goes away", async () => {
    await apply(driverDefinitions({}, activity));
    expect(await thrown(() => apply(noDefinitions))).toMatchInlineSnapshot(
      `"CHANGE_REFUSED: entity "driver" and 2 more: something would be gone for those who use it; look at the plan and pass --allow-destructive if that is meant"`,
    );
    const [trips] = driverStats.features;
    const fewer = driverDefinitions({ features: trips === undefined ? [] : [trips] });
    expect(await thrown(() => apply(fewer))).toMatchInlineSnapshot(
      `"CHANGE_REFUSED: feature view "driver_stats" and 1 more: something would be gone for those who use it; look at the plan and pass --allow-destructive if that is meant"`,
    );
    await apply(fewer, project, true);
    expect(await columns()).toEqual(["driver_id", "event_timestamp", "created", "trips"]);
  });

  it("says on the table what the view is, and takes back what it no longer is", async () => {
    const own = async () => {
      const { properties } = (await project.loadTable("driver_stats")).metadata;
      return Object.fromEntries(Object.entries(properties).filter(([name]) => /^(icecore|owner|comment)/.test(name)));
    };
    await apply(driverDefinitions({ tags: { tier: "1", pii: "no" } }));
    const before = await own();
    await apply(driverDefinitions({ tags: { tier: "2" }, ttlSeconds: undefined, owner: "ml" }));
    expect([before, await own()]).toMatchInlineSnapshot(`
      [
        {
          "comment": "What a driver did.",
          "icecore.feature-view": "driver_stats",
          "icecore.tag.pii": "no",
          "icecore.tag.tier": "1",
          "icecore.ttl-seconds": "86400",
          "owner": "rides",
        },
        {
          "comment": "What a driver did.",
          "icecore.feature-view": "driver_stats",
          "icecore.tag.tier": "2",
          "owner": "ml",
        },
      ]
    `);
  });

  it("refuses definitions that are wrong, before anything is there", async () => {
    expect(await thrown(() => apply(driverDefinitions({ owner: "" })))).toMatchInlineSnapshot(
      `"DEFINITION_INVALID: feature view "driver_stats": needs an owner: who answers for it"`,
    );
    expect(await project.catalog.namespaceExists(project.namespace)).toBe(false);
  });
});

/** What comes back from the registry: definitions without what only TypeScript needs of them. */
const stored = (definitions: Definitions): Definitions => JSON.parse(JSON.stringify(definitions, withoutTypes));
const withoutTypes = (key: string, value: unknown) => (/^(key|feature)Types$/.test(key) ? undefined : value);
