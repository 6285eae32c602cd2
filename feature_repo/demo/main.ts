import { resolve } from "node:path";
import { openFeatureStore } from "@icecore/api";
import { Database } from "@icecore/iceberg-catalog/duckdb";
import { describeCatalog, refuseUsedCatalog } from "./catalog.ts";
import { computeFeatures, ingestMonth, months } from "./ingest-months.ts";
import { serveAndCheck } from "./serve-and-check.ts";
import { proved, Story } from "./story.ts";
import { travelInTime } from "./time-travel.ts";
import { makeTrainingSet, surviveChanges } from "./training-set.ts";
import { prepareWorkspace } from "./workspace.ts";

const directory = resolve(process.env["ICECORE_DEMO_DIR"] ?? "flights-demo");

/** The end of the history that the demo ingests: "now", for everything it serves. */
const now = new Date("2001-07-02T00:00:00Z");

const story = new Story();
console.log("Icecore: will this flight be late, given what was known at its airports when it left?");

await prepareWorkspace(directory, process.env["ICECORE_DEMO_CONFIG"]);
await using raw = await Database.open({ memoryLimit: "1500MB" });
await using flights = await raw.connect();

{
  await using store = await story.step("Open the catalog", async (say) => {
    const opened = await openFeatureStore({ repo: directory, environment: process.env });
    await refuseUsedCatalog(opened, directory);
    await describeCatalog(opened, directory, say);
    return opened;
  });

  await story.step("Apply the definitions", async (say) => {
    const plan = await store.plan();
    const registry = await store.apply(plan);
    for (const { action, definition } of plan.changes)
      say(`${action} ${definition.kind.replace("_", " ")} ${definition.name} (${definition.owner})`);
    const again = await store.plan();
    say(
      proved(
        `registry version ${registry.version} is a snapshot in the catalog; planning again finds ${again.changes.length} changes`,
      ),
    );
  });

  await story.step("Compute features from 3 million flights, and ingest them month by month", async (say, progress) => {
    await computeFeatures(flights, say, progress);
    for (const [index, month] of months.slice(0, -1).entries()) {
      progress(month, index, months.length - 1);
      await ingestMonth(store, flights, directory, month, say);
    }
    say(
      proved(
        "every month is one ACID commit per view: partitioned by month, sorted by key and time, with column statistics",
      ),
    );
  });

  await story.step("Make a training set, then change everything around it", async (say, progress) => {
    const digest = await makeTrainingSet(store, flights, directory, say, progress);
    await surviveChanges(store, flights, directory, digest, say, progress);
  });

  await story.step("Travel in time", (say) => travelInTime(store, say));
}

await story.step("Materialize, serve, and compare with history", async (say, progress) => {
  await using store = await openFeatureStore({ repo: directory, environment: process.env, now: () => now });
  await serveAndCheck(store, flights, directory, now, say, progress);
});

story.end();
console.log(`
Try next, in ${directory}:
  npx icecore history origin_delays
  npx icecore query "SELECT airport, round(avg(departure_late_share_24h), 3) AS late FROM origin_delays GROUP BY airport ORDER BY late DESC LIMIT 10"
  npx icecore training-set reproduce delay_model --explain
  npx icecore online get --service delay_model --entity origin=SFO,destination=JFK --now ${now.toISOString()}
  npx icecore serve --now ${now.toISOString()}
`);
