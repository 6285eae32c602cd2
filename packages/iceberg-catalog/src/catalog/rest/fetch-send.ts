import { fetch as undiciFetch } from "undici";
import { IcebergError } from "../../errors.ts";
import type { HttpRequest, Send } from "./http.ts";

/** Anything that answers requests as `fetch` does: the platform's own, or a server in the same process. */
export type Fetch = (request: Request) => Promise<Response>;

/** The system's words for a connection that was never made. */
const neverConnected = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);

/** More than the metadata of any table: what goes on after that is not an answer. */
const longestAnswer = 256 * 1024 ** 2;

/** Sends over undici, or through `fetch` where one is given; follows nothing. An answer of more than `maxBytes` is none. */
export function fetchSend(fetch: Fetch | undefined, timeoutMs: number, maxBytes = longestAnswer): Send {
  return async (request) => {
    const init = { ...initOf(request), redirect: "manual" as const };
    refuseUnsendable(request);
    try {
      const limited = { ...init, signal: AbortSignal.timeout(timeoutMs) };
      const response = await (fetch === undefined
        ? undiciFetch(request.url, limited)
        : fetch(new Request(request.url, limited)));
      return { status: response.status, headers: response.headers, body: await textOf(response.body, maxBytes) };
    } catch (cause) {
      throw connectionLost(request, cause);
    }
  };
}

/** Says nothing of what it refuses, nor of the cause: both may hold a token or a password. */
function refuseUnsendable({ url, headers }: HttpRequest): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw unsendable("an address begins with http:// or https://, as http://localhost:8181 does");
  }
  if (parsed.username !== "" || parsed.password !== "") {
    throw unsendable("an address holds no user name and no password: give a credential, a token or `authorize`");
  }
  try {
    new Headers({ ...headers });
  } catch {
    throw unsendable("a token or a header is no single line of Latin characters");
  }
}

const unsendable = (why: string): IcebergError =>
  new IcebergError("INVALID_ARGUMENT", `a request to the catalog cannot be made: ${why}`);

async function textOf(body: AsyncIterable<Uint8Array> | null, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`it is longer than ${maxBytes} bytes`);
    parts.push(decoder.decode(chunk, { stream: true }));
  }
  return parts.join("") + decoder.decode();
}

/** Whether the request may have reached the server although no answer came back. */
export function mayHaveArrived(error: IcebergError): boolean {
  return error.context["connected"] !== false;
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
