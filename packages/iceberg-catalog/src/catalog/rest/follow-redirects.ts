import type { HttpRequest, HttpResponse, Layer } from "./http.ts";

const maxRedirects = 20;

/** Headers that say nothing of the client, and so may go to whomever the catalog names. */
const harmless = new Set(["accept", "user-agent"]);

/**
 * Follows what only reads to where the catalog sends it: tokens, realms and other headers of the client's go to the
 * catalog's own origin alone. A write is not followed, which would make a GET of it, whose success says nothing of what was
 * to be done.
 */
export const followRedirects: Layer = (next) => async (request) => {
  if (request.method !== "GET" && request.method !== "HEAD") return next(request);
  let asked: HttpRequest = request;
  let response = await next(asked);
  for (let followed = 0; followed < maxRedirects; followed++) {
    const url = redirectTarget(response, asked.url);
    if (url === undefined) return response;
    asked = { ...asked, url, headers: headersFor(url, asked) };
    response = await next(asked);
  }
  return response;
};

const redirects = new Set([301, 302, 303, 307, 308]);

/** Undefined where the answer sends nowhere, or where no request can go. */
function redirectTarget({ status, headers }: HttpResponse, from: string): string | undefined {
  const location = redirects.has(status) ? headers.get("location") : null;
  if (location === null || !URL.canParse(location, from)) return undefined;
  const { href, protocol } = new URL(location, from);
  return protocol === "http:" || protocol === "https:" ? href : undefined;
}

function headersFor(url: string, { url: from, headers }: HttpRequest): HttpRequest["headers"] {
  if (new URL(url).origin === new URL(from).origin) return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => harmless.has(name.toLowerCase())));
}
