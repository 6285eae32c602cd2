import { IcebergError } from "../../errors.ts";
import { parseJson } from "../../spec/json.ts";
import { JsonReader } from "../../spec/json-reader.ts";
import { type HttpResponse, isSuccess, type Send } from "./http.ts";
import type { Perishable } from "./renewed.ts";

/** A request of a token endpoint (RFC 6749, RFC 8693). Members that are undefined are left out. */
export interface TokenRequest {
  readonly tokenUri: string;
  readonly form: Readonly<Record<string, string | undefined>>;
  readonly authorization?: string;
}

/** @throws IcebergError `AUTHENTICATION_FAILED` that says what the endpoint said */
export async function requestToken(
  send: Send,
  { tokenUri, form, authorization }: TokenRequest,
  now: () => number,
): Promise<Perishable<string>> {
  const fields = Object.entries(form).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  );
  try {
    const response = await send({
      method: "POST",
      url: tokenUri,
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        accept: "application/json",
        ...(authorization !== undefined && { authorization }),
      },
      body: new URLSearchParams(fields).toString(),
    });
    if (!isSuccess(response)) throw new Error(`${response.status} ${oauthProblem(response)}`);
    return parseToken(response, now());
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new IcebergError("AUTHENTICATION_FAILED", `no token from ${tokenUri}: ${problem}`, { cause });
  }
}

/** A token with the end of its life, where the token itself says it. */
export function perishableToken(value: string): Perishable<string> {
  return { value, expiresAtMs: jwtExpiryMs(value) };
}

function parseToken(response: HttpResponse, now: number): Perishable<string> {
  const json = new JsonReader(parseJson(response.body));
  const value = json.field("access_token").string();
  const seconds = json.optional("expires_in")?.integer();
  return seconds === undefined ? perishableToken(value) : { value, expiresAtMs: now + seconds * 1000 };
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
    const [error, description] = [json.field("error").string(), json.optional("error_description")?.string()];
    const mend = error === "invalid_scope" ? howToScope : undefined;
    return [error, description, mend].filter((part) => part !== undefined).join(": ");
  } catch {
    return body.slice(0, 200);
  }
}

/** The scope that clients send when they are not told is one that Polaris refuses. */
const howToScope = "set the scope that the catalog wants; Polaris wants PRINCIPAL_ROLE:ALL, or PRINCIPAL_ROLE:<role>";
