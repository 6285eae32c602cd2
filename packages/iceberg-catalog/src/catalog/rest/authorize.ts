import type { HttpRequest, Layer } from "./http.ts";

/** Gives the headers that authenticate a request, such as a signature over it. Asked each time that it is sent. */
export type Authorize = (request: HttpRequest) => Promise<Readonly<Record<string, string>>>;

/** Authenticates requests by a function of the caller's, asked once more when the catalog rejects one (401, 419). */
export function authorizing(authorize: Authorize): Layer {
  return (next) => async (request) => {
    const send = async () => next({ ...request, headers: { ...request.headers, ...(await authorize(request)) } });
    const response = await send();
    return response.status === 401 || response.status === 419 ? send() : response;
  };
}
