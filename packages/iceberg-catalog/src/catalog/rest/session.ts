import { type Authorize, authorizing } from "./authorize.ts";
import { bearerAuth, type TokenSource } from "./bearer-auth.ts";
import type { Properties } from "./config.ts";
import { type Fetch, fetchSend } from "./fetch-send.ts";
import { followRedirects } from "./follow-redirects.ts";
import { type Layer, layered, type Send, withHeaders } from "./http.ts";
import { type OAuth2Options, oauth2Tokens } from "./oauth2.ts";
import { count, flag } from "./property-values.ts";
import { withRetry } from "./retry.ts";

/** A way to reach the catalog as its properties say, under the property names that all Iceberg clients share. */
export interface Session {
  readonly baseUri: string;
  readonly send: Send;
  /** Where tokens come from, and how to get others there; undefined without any. */
  readonly oauth2: OAuth2Session | undefined;
}

export interface OAuth2Session {
  readonly send: Send;
  readonly options: OAuth2Options;
  readonly tokens: TokenSource;
}

/** What a session is opened with besides its properties. */
export interface SessionMeans {
  readonly fetch?: Fetch;
  readonly authorize?: Authorize;
}

const authenticationProperties = ["credential", "token", "scope", "oauth2-server-uri", "audience", "resource"];

/** Opens a session; one that authenticates as `previous` did shares its tokens. */
export function openSession(
  properties: Properties,
  { fetch, authorize }: SessionMeans,
  previous?: { readonly session: Session; readonly properties: Properties },
): Session {
  const baseUri = trimSlash(properties["uri"] ?? "");
  const wire = followRedirects(fetchSend(fetch, count(properties, "rest.client.socket-timeout-ms", 60_000)));
  const retry = withRetry({ maxRetries: count(properties, "rest.client.max-retries", 5) });
  const headers = withHeaders(customHeaders(properties));
  const sharesTokens =
    previous !== undefined && authenticationProperties.every((name) => previous.properties[name] === properties[name]);
  const oauth2 = sharesTokens ? previous.session.oauth2 : openOAuth2(properties, baseUri, wire, [retry, headers]);
  return { baseUri, send: layered(wire, [retry, headers, ...authentication(authorize, oauth2)]), oauth2 };
}

function authentication(authorize: Authorize | undefined, oauth2: OAuth2Session | undefined): readonly Layer[] {
  if (authorize !== undefined) return [authorizing(authorize)];
  return oauth2 === undefined ? [] : [bearerAuth(oauth2.tokens)];
}

/** What is meant for the catalog, such as a token of its own or its headers, goes to no other host. */
function openOAuth2(
  properties: Properties,
  baseUri: string,
  wire: Send,
  [retry, headers]: readonly [Layer, Layer],
): OAuth2Session | undefined {
  const { credential, token, scope, audience, resource } = properties;
  if (credential === undefined && token === undefined) return undefined;
  const tokenUri = tokenUriOf(properties["oauth2-server-uri"], baseUri);
  const isOwnHost = originOf(tokenUri) === originOf(baseUri);
  const send = layered(wire, isOwnHost ? [retry, headers] : [retry]);
  const options: OAuth2Options = {
    tokenUri,
    ...(credential !== undefined && { credential }),
    ...(token !== undefined && { token }),
    scope: scope ?? "catalog",
    parameters: { audience, resource },
    exchanges: flag(properties, "token-exchange-enabled", true) && (token === undefined || isOwnHost),
    now: Date.now,
  };
  return { send, options, tokens: oauth2Tokens(send, options) };
}

/** May be relative to the catalog; without one it is the catalog's own, which the specification deprecates. */
function tokenUriOf(configured: string | undefined, baseUri: string): string {
  const uri = configured ?? "v1/oauth/tokens";
  return /^https?:\/\//.test(uri) ? uri : `${baseUri}/${uri.replace(/^\/+/, "")}`;
}

function originOf(uri: string): string {
  return URL.canParse(uri) ? new URL(uri).origin : uri;
}

function customHeaders(properties: Properties): Record<string, string> {
  const headers = Object.entries(properties).flatMap(([name, value]) =>
    name.startsWith("header.") ? [[name.slice("header.".length).toLowerCase(), value] as const] : [],
  );
  return Object.fromEntries(headers);
}

function trimSlash(uri: string): string {
  return uri.replace(/\/+$/, "");
}
