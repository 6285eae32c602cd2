import type { Fetch } from "../catalog/rest/fetch-send.ts";
import { type JsonObject, parseJson, stringifyJson } from "../spec/json.ts";

/** The same catalog, but that it does not offer to remember idempotency keys, as most do not. */
export function forgetful(fetch: Fetch): Fetch {
  return async (request) => {
    const response = await fetch(request);
    if (!new URL(request.url).pathname.endsWith("/v1/config")) return response;
    const { "idempotency-key-lifetime": _, ...config } = parseJson(await response.text()) as JsonObject;
    return new Response(stringifyJson(config), response);
  };
}
