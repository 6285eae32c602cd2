import type { Authorize } from "./authorize.ts";
import { mergedProperties, type Properties, parseCatalogConfig, pathStyle } from "./config.ts";
import type { Fetch } from "./fetch-send.ts";
import { type AccessDelegation, RestClient } from "./rest-client.ts";
import { type OAuth2Session, openSession, type SessionMeans } from "./session.ts";

/** How to reach a REST catalog. The options are short for the properties that all Iceberg clients share. */
export interface RestCatalogOptions {
  /** Where the catalog's `/v1` is. */
  readonly uri: string;
  readonly warehouse?: string;
  /** Answers the requests in place of the network, such as an embedded catalog's. */
  readonly fetch?: Fetch;
  /** OAuth2 client credentials: `id:secret`. */
  readonly credential?: string;
  /** A bearer token that is ready to use. */
  readonly token?: string;
  /** OAuth2 scope, `catalog` unless said otherwise; Polaris wants `PRINCIPAL_ROLE:ALL`. */
  readonly scope?: string;
  readonly oauth2ServerUri?: string;
  /** Authenticates each request in place of a credential or a token, such as by a signature. */
  readonly authorize?: Authorize;
  /** Asks the catalog for credentials to each table's files. Not all can give them, and some then refuse to answer. */
  readonly accessDelegation?: AccessDelegation;
  /** Sent with every request, such as `Polaris-Realm`. */
  readonly headers?: Properties;
  readonly properties?: Properties;
}

/** Asks the catalog for its config, and opens the session that the config asks for. */
export async function connectRestClient(options: RestCatalogOptions): Promise<{
  readonly client: RestClient;
  readonly properties: Properties;
  readonly oauth2: OAuth2Session | undefined;
}> {
  const own = clientProperties(options);
  const means: SessionMeans = options;
  const first = openSession(own, means);
  const bootstrap = new RestClient({ ...first, style: pathStyle({}), endpoints: new Set() });
  const { warehouse } = options;
  const call = warehouse === undefined ? {} : { query: { warehouse } };
  const config = await bootstrap.read("getConfig", call, parseCatalogConfig);
  const properties = mergedProperties(config, own);
  const session = openSession(properties, means, { session: first, properties: own });
  return {
    client: new RestClient({ ...session, ...config, style: pathStyle(properties) }),
    properties,
    oauth2: session.oauth2,
  };
}

function clientProperties(options: RestCatalogOptions): Properties {
  const headers = Object.entries(options.headers ?? {}).map(([name, value]) => [`header.${name}`, value] as const);
  return {
    ...options.properties,
    ...Object.fromEntries(headers),
    uri: options.uri,
    ...(options.warehouse !== undefined && { warehouse: options.warehouse }),
    ...(options.credential !== undefined && { credential: options.credential }),
    ...(options.token !== undefined && { token: options.token }),
    ...(options.scope !== undefined && { scope: options.scope }),
    ...(options.oauth2ServerUri !== undefined && { "oauth2-server-uri": options.oauth2ServerUri }),
  };
}
