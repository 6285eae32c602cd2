import type { JsonReader } from "../../spec/json-reader.ts";
import type { PathStyle } from "./paths.ts";
import { legacyEndpoints } from "./routes.ts";

export type Properties = Readonly<Record<string, string>>;

/** What `GET /v1/config` answers. */
export interface CatalogConfig {
  readonly defaults: Properties;
  readonly overrides: Properties;
  readonly endpoints: ReadonlySet<string>;
}

export function parseCatalogConfig(json: JsonReader): CatalogConfig {
  const endpoints = json.optional("endpoints")?.strings();
  return {
    defaults: json.optional("defaults")?.stringMap() ?? {},
    overrides: json.optional("overrides")?.stringMap() ?? {},
    endpoints: endpoints === undefined ? legacyEndpoints : new Set(endpoints),
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
