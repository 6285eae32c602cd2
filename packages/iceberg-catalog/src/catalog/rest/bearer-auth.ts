import type { HttpRequest, HttpResponse, Layer } from "./http.ts";

/** Where bearer tokens come from. */
export interface TokenSource {
  current(): Promise<string>;
  /** Another token in place of one that the catalog rejected; undefined when there is no other. */
  renew(rejected: string): Promise<string | undefined>;
}

/**
 * Sends the token along, and once more with a new one when the catalog no longer takes it (401, or 419 for "expired").
 * A request that has a token of its own, for one table, is sent with the common one when that is rejected.
 */
export function bearerAuth(tokens: TokenSource): Layer {
  return (next) => async (request) => {
    if (request.headers["authorization"] !== undefined) {
      const response = await next(request);
      if (!isRejected(response)) return response;
    }
    const token = await tokens.current();
    const response = await next(withBearer(request, token));
    if (!isRejected(response)) return response;
    const renewed = await tokens.renew(token);
    return renewed === undefined ? response : next(withBearer(request, renewed));
  };
}

function withBearer(request: HttpRequest, token: string): HttpRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
}

function isRejected({ status }: HttpResponse): boolean {
  return status === 401 || status === 419;
}
