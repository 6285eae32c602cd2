import type { JsonReader } from "../../spec/json-reader.ts";
import { durationMs } from "./idempotency-key.ts";
import type { PathStyle } from "./paths.ts";
import { legacyEndpoints } from "./routes.ts";

export type Properties = Readonly<Record<string, string>>;

/** What `GET /v1/config` answers. */
export interface CatalogConfig {
  readonly defaults: Properties;
  readonly overrides: Properties;
  readonly endpoints: ReadonlySet<string>;
  /** How long the catalog remembers requests by their idempotency keys; absent where it does not. */
  readonly idempotencyKeyLifetimeMs?: number;
}

/** Where the catalog spells its lifetime in a way that we cannot read. */
const shortLifetimeMs = 60_000;

export function parseCatalogConfig(json: JsonReader): CatalogConfig {
  const endpoints = json.optional("endpoints")?.strings() ?? [];
  const lifetime = json.optional("idempotency-key-lifetime")?.string();
  return {
    defaults: json.optional("defaults")?.stringMap() ?? {},
    overrides: json.optional("overrides")?.stringMap() ?? {},
    endpoints: endpoints.length === 0 ? legacyEndpoints : new Set(endpoints),
    ...(lifetime !== undefined && { idempotencyKeyLifetimeMs: durationMs(lifetime) ?? shortLifetimeMs }),
  };
}

/** The catalog's defaults, under the client's own properties, under what the catalog insists on. */
export function mergedProperties(config: CatalogConfig, client: Properties): Properties {
  return { ...config.defaults, ...client, ...config.overrides };
}

export function pathStyle(properties: Properties): PathStyle {
  const prefix = properties["prefix"];
  return {
    ...(prefix !== undefined && prefix !== "" && { prefix }),
    namespaceSeparator: properties["namespace-separator"] ?? "%1F",
  };
}
