import { fetch as undiciFetch } from "undici";
import { IcebergError } from "../../errors.ts";
import type { HttpRequest, Send } from "./http.ts";

/** Anything that answers requests as `fetch` does: the platform's own, or a server in the same process. */
export type Fetch = (request: Request) => Promise<Response>;

/** The system's words for a connection that was never made. */
const neverConnected = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);

/** Sends over undici, or through `fetch` where one is given. */
export function fetchSend(fetch: Fetch | undefined, timeoutMs: number): Send {
  return async (request) => {
    try {
      const init = { ...initOf(request), redirect: redirectOf(request), signal: AbortSignal.timeout(timeoutMs) };
      const response = await (fetch === undefined
        ? undiciFetch(request.url, init)
        : fetch(new Request(request.url, init)));
      return { status: response.status, headers: response.headers, body: await response.text() };
    } catch (cause) {
      throw connectionLost(request, cause);
    }
  };
}

/** Whether the request may have reached the server although no answer came back. */
export function mayHaveArrived(error: IcebergError): boolean {
  return error.context["connected"] !== false;
}

/** Following would make a GET of a POST, whose success says nothing about what was to be done. */
function redirectOf({ method }: HttpRequest): "follow" | "manual" {
  return method === "GET" || method === "HEAD" ? "follow" : "manual";
}

function initOf({ method, headers, body }: HttpRequest): {
  method: string;
  headers: Record<string, string>;
  body?: string;
} {
  return { method, headers: { ...headers }, ...(body !== undefined && { body }) };
}

function connectionLost(request: HttpRequest, cause: unknown): IcebergError {
  const connected = !neverConnected.has(systemCode(cause) ?? "");
  const problem = connected ? "no complete answer came" : "no connection could be made";
  return new IcebergError("SERVICE_UNAVAILABLE", `${request.method} ${request.url}: ${problem} (${reason(cause)})`, {
    cause,
    context: { url: request.url, connected },
  });
}

function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return systemCode(error.cause);
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
