import type { Route } from "./routes.ts";

/** A request as a value, so that it can be sent again. */
export interface HttpRequest {
  readonly method: Route["method"];
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For how long it takes effect only once however often it is sent, since it carries an idempotency key. */
  readonly repeatableForMs?: number;
}

/** An answer that has arrived completely. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: string;
  /** The request was sent before, and nobody knows what became of that. */
  readonly isRepeated?: boolean;
}

/** The one verb of the client. @throws IcebergError `SERVICE_UNAVAILABLE` when no complete answer came */
export type Send = (request: HttpRequest) => Promise<HttpResponse>;

/** What is wrapped around the verb: headers, authentication, retries. */
export type Layer = (next: Send) => Send;

/** Wraps `send` in the layers, the first one outermost. */
export function layered(send: Send, layers: readonly Layer[]): Send {
  return layers.reduceRight((next, layer) => layer(next), send);
}

/** Adds headers that the request does not set itself. */
export function withHeaders(headers: Readonly<Record<string, string>>): Layer {
  return (next) => (request) => next({ ...request, headers: { ...headers, ...request.headers } });
}

export function isSuccess(response: HttpResponse): boolean {
  return response.status >= 200 && response.status < 300;
}
