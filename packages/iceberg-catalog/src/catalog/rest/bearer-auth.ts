import type { HttpRequest, Layer } from "./http.ts";

/** Where bearer tokens come from. */
export interface TokenSource {
  current(): Promise<string>;
  /** Another token in place of one that the catalog rejected; undefined when there is no other. */
  renew(rejected: string): Promise<string | undefined>;
}

/** A token that somebody else looks after. */
export function fixedToken(token: string): TokenSource {
  return { current: async () => token, renew: async () => undefined };
}

/** Sends the token along, and once more with a new one when the catalog no longer takes it (401, or 419 for "expired"). */
export function bearerAuth(tokens: TokenSource): Layer {
  return (next) => async (request) => {
    const token = await tokens.current();
    const response = await next(withBearer(request, token));
    if (response.status !== 401 && response.status !== 419) return response;
    const renewed = await tokens.renew(token);
    return renewed === undefined ? response : next(withBearer(request, renewed));
  };
}

function withBearer(request: HttpRequest, token: string): HttpRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
}
