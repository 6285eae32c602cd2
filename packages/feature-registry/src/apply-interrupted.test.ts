import { afterEach, beforeEach, expect, it } from "vitest";
import { applyPlan, planApply } from "./apply.ts";
import { type Definitions, noDefinitions } from "./definitions.ts";
import type { ProjectCatalog } from "./store/project-catalog.ts";
import { loadRegistry } from "./store/registry-table.ts";
import { activity, driver, driverDefinitions, driverStats } from "./testing/definitions.ts";
import { openProject, type TestProject } from "./testing/open-project.ts";

let opened: TestProject;
beforeEach(async () => {
  opened = await openProject();
});
afterEach(() => opened[Symbol.asyncDispose]());

const [trips, rate] = driverStats.features;
const before = driverDefinitions({}, activity);
/** Everything at once: a view more, a column renamed and widened, one dropped, one added. */
const after = driverDefinitions(
  {
    features: [
      { name: "rides", type: "long", renamedFrom: "trips" },
      { name: "tips", type: "double" },
    ],
    owner: "ml",
  },
  { ...driverStats, name: "other_stats", features: [trips, rate].flatMap((feature) => feature ?? []) },
);

async function apply(project: ProjectCatalog, definitions: Definitions): Promise<void> {
  await applyPlan(project, await planApply(project, definitions), { allowDestructive: true, nowMicros: 0n });
}

/** The registry has one set of definitions or the other, and nothing between. */
async function expectWhole(...sets: readonly Definitions[]): Promise<void> {
  const { definitions } = await loadRegistry(opened.project);
  const plain = (value: unknown) =>
    JSON.parse(JSON.stringify(value, (key, item) => (/Types$/.test(key) ? undefined : item)));
  expect(sets.map(plain)).toContainEqual(plain(definitions));
}

it.each([
  ["a first apply", noDefinitions, before, true],
  ["a change of everything", before, after, true],
  ["a change of everything, one table after the other,", before, after, false],
])(
  "%s that dies with any of its requests leaves the registry whole, and the next one finishes the job",
  async (_, from, to, hasTransactions) => {
    let requests = 0;
    for (const isCarriedOut of [false, true]) {
      for (let count = 1; count <= Math.max(requests, 1); count++) {
        await using fresh = await openProject(hasTransactions);
        opened = fresh;
        if (from !== noDefinitions) await apply(fresh.project, from);
        if (requests === 0) {
          await using whole = await openProject(hasTransactions);
          if (from !== noDefinitions) await apply(whole.project, from);
          const counting = await whole.dying(Number.POSITIVE_INFINITY, false);
          await apply(counting.project, to);
          requests = counting.sent();
        }
        const dying = await fresh.dying(count, isCarriedOut);
        await Promise.race([dying.died, apply(dying.project, to)]);
        await expectWhole(from, to);
        await apply(fresh.project, to);
        await expectWhole(to);
        expect(await planApply(fresh.project, to)).toMatchObject({ changes: [], drift: [] });
      }
    }
    expect(requests).toBeGreaterThan(5);
  },
  120_000,
);

it("reads as it was defined after all of it", async () => {
  await apply(opened.project, before);
  await apply(opened.project, after);
  const fields = (await opened.project.loadTable("driver_stats")).schema.fields.map(({ name }) => name);
  expect(fields).toEqual(["driver_id", "event_timestamp", "created", "rides", "tips"]);
  expect(driver.joinKeys).toHaveLength(1);
});
