import type { FeatureStore } from "@icecore/api";
import { proved } from "./story.ts";

/** Says which catalog the configuration names, and that it is one like any other. */
export async function describeCatalog(
  store: FeatureStore,
  directory: string,
  say: (line: string) => void,
): Promise<void> {
  if (store.catalogHandler !== undefined) {
    const endpoints = await countEndpoints(store.catalogHandler);
    say(
      `An Iceberg REST catalog in this process, ${endpoints} endpoints, warehouse in ${directory}/.icecore/warehouse.`,
    );
    say(proved("the client that opened it speaks the same protocol to Polaris, Lakekeeper or Nessie"));
    return;
  }
  const { catalog } = store.config.offline_store;
  if (catalog.type === "rest") say(`The Iceberg REST catalog at ${catalog.uri}.`);
  say(proved("the client that opened it speaks the same protocol to the catalog that Icecore embeds"));
}

/** A catalog that lasts may have what an earlier run of the demo left there: it is not for the demo to take away. */
export async function refuseUsedCatalog(store: FeatureStore, directory: string): Promise<void> {
  if ((await store.registryHistory()).length === 0) return;
  const { project } = store.config;
  throw new Error(
    `the catalog has project "${project}" already; take it away with icecore --repo ${directory} teardown --confirm ${project}, or name another project in feature_store.yaml`,
  );
}

/** How many endpoints the embedded catalog says it has, asked as any Iceberg client would ask. */
async function countEndpoints(handler: (request: Request) => Promise<Response>): Promise<number> {
  const response = await handler(new Request("http://embedded/v1/config"));
  const { endpoints } = (await response.json()) as { readonly endpoints: readonly string[] };
  return endpoints.length;
}
