import { IcebergError } from "../../errors.ts";
import { bearerAuth, fixedToken, type TokenSource } from "./bearer-auth.ts";
import type { Properties } from "./config.ts";
import { type Fetch, fetchSend } from "./fetch-send.ts";
import { type Layer, layered, type Send, withHeaders } from "./http.ts";
import { clientCredentials } from "./oauth2.ts";
import { withRetry } from "./retry.ts";

/** A way to reach the catalog as its properties say, under the property names that all Iceberg clients share. */
export interface Session {
  readonly baseUri: string;
  readonly send: Send;
  readonly tokens: TokenSource | undefined;
}

const authenticationProperties = ["credential", "token", "scope", "oauth2-server-uri"];

/** Opens a session; one that authenticates as `previous` did shares its tokens. */
export function openSession(
  properties: Properties,
  fetch: Fetch | undefined,
  previous?: { readonly session: Session; readonly properties: Properties },
): Session {
  const baseUri = trimSlash(properties["uri"] ?? "");
  const send = fetchSend(fetch, count(properties, "rest.client.socket-timeout-ms", 60_000));
  const sharesTokens =
    previous !== undefined && authenticationProperties.every((name) => previous.properties[name] === properties[name]);
  const tokens = sharesTokens ? previous.session.tokens : tokenSource(properties, baseUri, send);
  const layers: readonly Layer[] = [
    withRetry({ maxRetries: count(properties, "rest.client.max-retries", 5) }),
    withHeaders(customHeaders(properties)),
    ...(tokens === undefined ? [] : [bearerAuth(tokens)]),
  ];
  return { baseUri, send: layered(send, layers), tokens };
}

function tokenSource(properties: Properties, baseUri: string, send: Send): TokenSource | undefined {
  const { credential, token, scope } = properties;
  if (credential !== undefined) {
    const tokenUri = tokenUriOf(properties["oauth2-server-uri"], baseUri);
    return clientCredentials(send, { tokenUri, credential, scope: scope ?? "catalog", now: Date.now });
  }
  return token === undefined ? undefined : fixedToken(token);
}

/** May be relative to the catalog; without one it is the catalog's own, which the specification deprecates. */
function tokenUriOf(configured: string | undefined, baseUri: string): string {
  const uri = configured ?? "v1/oauth/tokens";
  return /^https?:\/\//.test(uri) ? uri : `${baseUri}/${uri.replace(/^\/+/, "")}`;
}

function customHeaders(properties: Properties): Record<string, string> {
  const headers = Object.entries(properties).flatMap(([name, value]) =>
    name.startsWith("header.") ? [[name.slice("header.".length).toLowerCase(), value] as const] : [],
  );
  return Object.fromEntries(headers);
}

function count(properties: Properties, name: string, fallback: number): number {
  const text = properties[name];
  if (text === undefined) return fallback;
  if (/^\d+$/.test(text)) return Number(text);
  throw new IcebergError("INVALID_ARGUMENT", `catalog property ${name} is "${text}"; it must be a whole number`);
}

function trimSlash(uri: string): string {
  return uri.replace(/\/+$/, "");
}
