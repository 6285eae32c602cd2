import type { FeatureView, JoinKey, RegistryVersion } from "@icecore/feature-registry";
import type { Hono } from "hono";
import { isKnownError } from "../../errors.ts";
import type { FeatureStore } from "../../store/feature-store.ts";
import type { HttpEnv } from "../failure.ts";

/**
 * `GET /health`: 200 when the registry and the online store answer in time, else 503; what is wrong goes to the log.
 */
export function addHealth(app: Hono<HttpEnv>, store: FeatureStore, timeoutMs: number): void {
  app.get("/health", async (c) => {
    try {
      await within(timeoutMs, check(store));
      return c.body(null, 200);
    } catch (error) {
      c.error = error instanceof Error ? error : new Error(String(error));
      return c.body(null, 503);
    }
  });
}

async function check(store: FeatureStore): Promise<void> {
  const registry = await readRegistry(store);
  const view = registry?.definitions.featureViews.find((candidate) => candidate.online);
  if (view !== undefined) await readSomething(store, view);
}

async function within(timeoutMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The registry; undefined when it was reached and nothing is applied yet. */
async function readRegistry(store: FeatureStore): Promise<RegistryVersion | undefined> {
  try {
    return await store.registry();
  } catch (error) {
    if (isKnownError(error) && error.code === "NOTHING_APPLIED") return undefined;
    throw error;
  }
}

/** Asks the online store for an entity that need not exist: one round trip, as small as they get. */
async function readSomething(store: FeatureStore, view: FeatureView): Promise<void> {
  const [feature] = view.features;
  if (feature === undefined) return;
  const entities = Object.fromEntries(view.joinKeys.map((key) => [key.name, [anyValue[key.type]]]));
  await store.getOnlineFeatures({ features: [`${view.name}:${feature.name}`] }, entities);
}

const anyValue: Readonly<Record<JoinKey["type"], unknown>> = {
  string: "",
  int: 0,
  long: 0n,
  timestamptz: new Date(0),
  binary: new Uint8Array(0),
};
