import { IcebergError } from "../../errors.ts";
import type { TokenSource } from "./bearer-auth.ts";
import type { Send } from "./http.ts";
import { isExpired, type Perishable, renewed } from "./renewed.ts";
import { perishableToken, requestToken } from "./token-request.ts";

export interface OAuth2Options {
  readonly tokenUri: string;
  /** `client id:client secret`, or the secret alone. */
  readonly credential?: string;
  /** A token to begin with. */
  readonly token?: string;
  readonly scope: string;
  /** Further parameters of the requests: `audience`, `resource`. */
  readonly parameters?: Readonly<Record<string, string | undefined>>;
  /** Whether a token may be exchanged for the next one at the token endpoint (RFC 8693). */
  readonly exchanges: boolean;
  readonly now: () => number;
}

/** Type of a token that gives access (RFC 8693, section 3). */
const accessTokenType = "urn:ietf:params:oauth:token-type:access_token";

/**
 * Tokens of OAuth 2: got when first needed, shared by all requests, renewed a little before they expire. The next one
 * is got for the current one where that is allowed, or else for the client's credential.
 */
export function oauth2Tokens(send: Send, options: OAuth2Options): TokenSource {
  const { credential, token, now } = options;
  const initial = token === undefined ? undefined : perishableToken(token);
  const source = renewed((previous) => nextToken(send, options, previous), now, initial);
  return {
    current: () => source.current(),
    renew: async (rejected) => {
      const last = source.last();
      if (last !== undefined && last !== rejected) return last;
      return credential === undefined ? undefined : source.renew();
    },
  };
}

/** A token in place of another: a subject's, for the use of one who acts with `actor`. */
export function exchangeToken(
  send: Send,
  { tokenUri, scope, parameters, now }: OAuth2Options,
  subject: { readonly token: string; readonly type: string },
  proof: { readonly actor?: string; readonly authorization?: string },
): Promise<Perishable<string>> {
  const { actor, authorization } = proof;
  const form = {
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: subject.token,
    subject_token_type: subject.type,
    ...(actor !== undefined && { actor_token: actor, actor_token_type: accessTokenType }),
    scope,
    ...parameters,
  };
  return requestToken(send, { tokenUri, form, ...(authorization !== undefined && { authorization }) }, now);
}

async function nextToken(
  send: Send,
  options: OAuth2Options,
  previous: Perishable<string> | undefined,
): Promise<Perishable<string>> {
  if (previous === undefined || !options.exchanges) return forCredential(send, options);
  try {
    const authorization = proofOfPrevious(options, previous);
    return await exchangeToken(send, options, { token: previous.value, type: accessTokenType }, { authorization });
  } catch (error) {
    if (options.credential === undefined) throw error;
    // Many endpoints know no exchange.
    return forCredential(send, options);
  }
}

/** A token that has expired proves nothing any more. */
function proofOfPrevious({ credential, now }: OAuth2Options, previous: Perishable<string>): string {
  if (credential === undefined || !isExpired(previous, now())) return `Bearer ${previous.value}`;
  const [id = "", secret] = splitCredential(credential);
  return `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
}

async function forCredential(send: Send, options: OAuth2Options): Promise<Perishable<string>> {
  const { tokenUri, credential, scope, parameters, now } = options;
  if (credential === undefined) {
    throw new IcebergError(
      "AUTHENTICATION_FAILED",
      "the token has expired; connect with a new one, or with a credential",
    );
  }
  const [id, secret] = splitCredential(credential);
  const form = { grant_type: "client_credentials", client_id: id, client_secret: secret, scope, ...parameters };
  return requestToken(send, { tokenUri, form }, now);
}

function splitCredential(credential: string): readonly [id: string | undefined, secret: string] {
  const colon = credential.indexOf(":");
  return colon === -1 ? [undefined, credential] : [credential.slice(0, colon), credential.slice(colon + 1)];
}
