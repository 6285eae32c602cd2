import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Definitions,
  defineEntity,
  defineFeatureService,
  defineFeatureView,
  groupDefinitions,
  project,
} from "@icecore/feature-registry";
import { configSchema } from "../../config/config.ts";
import { openFeatureStore } from "../../open-feature-store.ts";
import type { FeatureStore } from "../../store/feature-store.ts";

const described = { owner: "ml", description: "For tests." };

const driver = defineEntity({ ...described, name: "driver", joinKeys: { driver_id: "long" } });

const driverStats = defineFeatureView({
  ...described,
  name: "driver_stats",
  entities: [driver],
  ttl: "1d",
  partitionBy: "none",
  features: {
    rating: "double",
    trips: "long",
    score: "float",
    rank: "int",
    seen_at: "timestamptz",
    active: "boolean",
    photo: "binary",
  },
});

const driverService = defineFeatureService({
  ...described,
  name: "driver_service",
  features: [project(driverStats, { features: ["rating"], joinKeyMap: { driver_id: "driver" } })],
});

const definitions: Definitions = groupDefinitions([driver, driverStats, driverService]);

/** When it is, for the store and the application. */
export const now = () => new Date("2026-01-02T00:00:00Z");

const csv = `driver_id,event_timestamp,rating,trips,score,rank,seen_at,active
9007199254740993,2026-01-01T12:00:00.123456Z,4,9223372036854775807,0.5,7,2026-01-01T11:00:00.5Z,true
2,2026-01-01T12:00:00Z,NaN,,,,,
3,2025-12-01T00:00:00Z,3.5,1,,,,
`;

export interface TestStore extends AsyncDisposable {
  readonly store: FeatureStore;
  readonly folder: string;
}

/** A store in a folder of its own; nothing is applied. */
export async function openEmptyStore(config: object = {}): Promise<TestStore> {
  const folder = await mkdtemp(join(tmpdir(), "icecore-http-"));
  const store = await openFeatureStore({
    repo: folder,
    config: configSchema.parse({ project: "rides", ...config }),
    now,
  });
  const dispose = async () => {
    await store[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  };
  return { store, folder, [Symbol.asyncDispose]: dispose };
}

/** A store whose view `driver_stats` has three drivers; `materialize` has not run. */
export async function openDriverStore(): Promise<TestStore> {
  const opened = await openEmptyStore();
  const file = join(opened.folder, "drivers.csv");
  await writeFile(file, csv);
  await opened.store.apply(await opened.store.plan(definitions));
  await opened.store.ingest("driver_stats", { files: [file] });
  return opened;
}
