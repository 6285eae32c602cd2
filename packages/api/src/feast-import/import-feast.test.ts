import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadDefinitions } from "../definitions/load-definitions.ts";
import { importFeast } from "./import-feast.ts";

/** What Feast 0.66 wrote of `testing/definitions.py`. */
const registry = fileURLToPath(new URL("./testing/registry.db", import.meta.url));
let repo: string;
beforeEach(async () => {
  repo = await mkdtemp(join(tmpdir(), "icecore-feast-"));
});
afterEach(() => rm(repo, { recursive: true }));

it("writes a Feast registry as a definition file, and lists what it leaves behind", async () => {
  const { file, notes } = await importFeast(repo, registry);
  expect(await readFile(file, "utf8")).toMatchInlineSnapshot(`
    "import { defineEntity, defineFeatureService, defineFeatureView, project } from "@icecore/feature-registry";

    export const driver = defineEntity({
      name: "driver",
      joinKeys: { driver_id: "long" },
      owner: "mobility",
      description: "A driver, by id.",
      tags: { pii: "no" },
    });

    export const rider = defineEntity({
      name: "rider",
      joinKeys: { rider: "string" },
      owner: "unknown",
      description: "",
    });

    export const everything = defineFeatureView({
      name: "everything",
      entities: [driver, rider],
      features: {
        b: "binary",
        s: "string",
        i: "int",
        flag: "boolean",
        at: "timestamptz",
        id: "uuid",
        floats: "list<float>",
      },
      timestampField: "ts",
      online: false,
      pushSource: "pushed",
      owner: "unknown",
      description: "",
    });

    export const driverHourlyStats = defineFeatureView({
      name: "driver_hourly_stats",
      entities: [driver],
      features: {
        conv_rate: { type: "float", description: "Share taken." },
        acc_rate: "double",
        avg_daily_trips: "long",
      },
      ttl: "1d",
      owner: "mobility@example.com",
      description: "What drivers did.",
      tags: { team: "ml" },
    });

    export const computing = defineFeatureService({
      name: "computing",
      features: [
        project(driverHourlyStats, { features: ["conv_rate", "acc_rate", "avg_daily_trips"] }),
      ],
      owner: "unknown",
      description: "",
    });

    export const pairs = defineFeatureService({
      name: "pairs",
      features: [
        project(driverHourlyStats, { as: "origin", features: ["conv_rate", "acc_rate", "avg_daily_trips"], joinKeyMap: { driver_id: "first_driver" } }),
        project(driverHourlyStats, { as: "destination", features: ["conv_rate", "acc_rate", "avg_daily_trips"], joinKeyMap: { driver_id: "second_driver" } }),
      ],
      owner: "unknown",
      description: "",
    });

    export const driverActivity = defineFeatureService({
      name: "driver_activity",
      features: [
        project(driverHourlyStats, { features: ["conv_rate", "avg_daily_trips"] }),
        project(everything, { features: ["s", "i"] }),
      ],
      owner: "ml",
      description: "",
      tags: { tier: "1" },
    });
    "
  `);
  expect(notes).toMatchInlineSnapshot(`
    [
      "entity "rider" has no owner in Feast: say who answers for it instead of "unknown"",
      "feature view "everything": feature "m" of Feast's type MAP is left behind",
      "feature view "everything": bring its rows in: icecore ingest everything data/more.parquet",
      "feature view "everything" has no owner in Feast: say who answers for it instead of "unknown"",
      "feature view "driver_hourly_stats": bring its rows in: icecore ingest driver_hourly_stats --sql "SELECT * RENAME (trips AS avg_daily_trips) FROM 'data/driver_stats.parquet'"",
      "feature service "computing" does without view "computed", which is left behind",
      "feature service "computing" has no owner in Feast: say who answers for it instead of "unknown"",
      "feature service "pairs" has no owner in Feast: say who answers for it instead of "unknown"",
      "on-demand feature views are left behind: they are functions in Python ("computed")",
    ]
  `);
});

it("writes what it read: the file defines the same", async () => {
  const { definitions } = await importFeast(repo, registry);
  const plain = (value: unknown) =>
    JSON.parse(JSON.stringify(value, (key, item) => (/Types$/.test(key) ? undefined : item)));
  const byName = (a: { readonly name: string }, b: { readonly name: string }) => (a.name < b.name ? -1 : 1);
  const sorted = ({ entities, featureViews, featureServices }: typeof definitions) =>
    plain([entities, featureViews, featureServices].map((items) => [...items].sort(byName)));
  expect(sorted(await loadDefinitions(repo))).toEqual(sorted(definitions));
});

it("finds the registry of a Feast repository, and says what it does not find", async () => {
  const feast = await mkdtemp(join(repo, "feast-"));
  await expect(importFeast(repo, feast)).rejects.toThrow(`${feast} has no feature_store.yaml`);
  await writeFile(join(feast, "feature_store.yaml"), "project: rides\nregistry: { path: data/registry.db }\n");
  await expect(importFeast(repo, feast)).rejects.toThrow("data/registry.db: no such file; run feast apply there first");
  await writeFile(join(feast, "feature_store.yaml"), "project: rides\nregistry: s3://bucket/registry.db\n");
  await expect(importFeast(repo, feast)).rejects.toThrow("is no file on this machine (s3://bucket/registry.db)");
  await writeFile(join(feast, "feature_store.yaml"), "project: rides\nregistry: registry.db\n");
  // An empty file, and an entity without a name, are well-formed protocol buffers.
  for (const bytes of ["SQLite format 3", "", "\n\0"]) {
    await writeFile(join(feast, "registry.db"), bytes);
    await expect(importFeast(repo, feast)).rejects.toThrow("is no registry file of Feast");
  }
  await copyFile(registry, join(feast, "registry.db"));
  const { file } = await importFeast(repo, feast);
  await expect(importFeast(repo, feast)).rejects.toThrow(`${file} is there already`);
});
