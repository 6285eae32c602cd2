import { IcebergError } from "../../errors.ts";
import { parseJson } from "../../spec/json.ts";
import { JsonReader } from "../../spec/json-reader.ts";
import type { TokenSource } from "./bearer-auth.ts";
import { type HttpResponse, isSuccess, type Send } from "./http.ts";
import { type Perishable, refreshAtMs, renewed } from "./renewed.ts";

export interface OAuth2Options {
  readonly tokenUri: string;
  /** `client id:client secret`, or the secret alone. */
  readonly credential: string;
  readonly scope: string;
  readonly now: () => number;
}

/**
 * Tokens by the client credentials grant: got when first needed, shared by all requests, renewed a little before they
 * expire. A failed renewal is the failure of those who waited for it; the next request tries again.
 */
export function clientCredentials(send: Send, options: OAuth2Options): TokenSource {
  const token = renewed(() => requestToken(send, options), options.now);
  return {
    current: () => token.current(),
    renew: async (rejected) => {
      const last = token.last();
      return last !== undefined && last !== rejected ? last : token.renew();
    },
  };
}

async function requestToken(send: Send, options: OAuth2Options): Promise<Perishable<string>> {
  const [id, secret] = splitCredential(options.credential);
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    ...(id !== undefined && { client_id: id }),
    client_secret: secret,
    scope: options.scope,
  });
  try {
    const response = await send({
      method: "POST",
      url: options.tokenUri,
      headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
      body: form.toString(),
    });
    if (!isSuccess(response)) throw new Error(`${response.status} ${oauthProblem(response)}`);
    return parseToken(response, options.now());
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new IcebergError("AUTHENTICATION_FAILED", `no token from ${options.tokenUri}: ${problem}`, { cause });
  }
}

function splitCredential(credential: string): readonly [id: string | undefined, secret: string] {
  const colon = credential.indexOf(":");
  return colon === -1 ? [undefined, credential] : [credential.slice(0, colon), credential.slice(colon + 1)];
}

function parseToken(response: HttpResponse, now: number): Perishable<string> {
  const json = new JsonReader(parseJson(response.body));
  const value = json.field("access_token").string();
  const seconds = json.optional("expires_in")?.integer();
  const expiresAtMs = seconds === undefined ? jwtExpiryMs(value) : now + seconds * 1000;
  return { value, refreshAtMs: refreshAtMs(expiresAtMs, now) };
}

/** When a JSON web token expires; undefined for an opaque token. */
function jwtExpiryMs(token: string): number | undefined {
  const payload = token.split(".")[1];
  if (payload === undefined) return undefined;
  try {
    const claims = new JsonReader(parseJson(Buffer.from(payload, "base64url").toString()));
    const expiry = claims.optional("exp")?.integer();
    return expiry === undefined ? undefined : expiry * 1000;
  } catch {
    // A token with dots need not be a JSON web token.
    return undefined;
  }
}

/** OAuth has its own form of error, which is not Iceberg's. */
function oauthProblem({ body }: HttpResponse): string {
  try {
    const json = new JsonReader(parseJson(body));
    const description = json.optional("error_description")?.string();
    return [json.field("error").string(), description].filter((part) => part !== undefined).join(": ");
  } catch {
    return body.slice(0, 200);
  }
}
