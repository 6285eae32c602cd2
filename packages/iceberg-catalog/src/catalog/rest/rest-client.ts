import { IcebergError } from "../../errors.ts";
import { type JsonValue, parseLongJson, stringifyJson } from "../../spec/json.ts";
import { JsonReader } from "../../spec/json-reader.ts";
import { mayHaveArrived } from "./fetch-send.ts";
import { type HttpRequest, type HttpResponse, isSuccess, type Send } from "./http.ts";
import { newIdempotencyKey, takesEffect } from "./idempotency-key.ts";
import { type PathParameters, type PathStyle, pathOf } from "./paths.ts";
import { errorFromResponse, isCommit } from "./response-error.ts";
import { endpointOf, legacyEndpoints, type RouteName, routes } from "./routes.ts";

export interface RestCall extends PathParameters {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: JsonValue;
  /** The commit creates its table. */
  readonly createsTable?: boolean;
  /** The catalog is asked to hand out access to the table's files. */
  readonly delegation?: AccessDelegation;
  /** A token that was given for the table at hand. */
  readonly token?: string | undefined;
  /** The tag of a copy that the caller has: an answer is of use only when it differs. */
  readonly ifNoneMatch?: string | undefined;
}

/** An answer with the tag by which the catalog knows it; undefined: the caller's copy is still the answer. */
export interface Tagged<T> {
  readonly value: T;
  readonly etag: string | undefined;
}

/** How the catalog may hand out access to the files of its tables. */
export type AccessDelegation = "vended-credentials";

/** Calls the operations of one catalog by name, and turns what goes wrong into {@link IcebergError}s. */
export class RestClient {
  readonly style: PathStyle;
  private readonly send: Send;
  private readonly baseUri: string;
  private readonly endpoints: ReadonlySet<string>;
  private readonly idempotencyKeyLifetimeMs: number | undefined;

  constructor(catalog: {
    readonly send: Send;
    readonly baseUri: string;
    readonly style: PathStyle;
    readonly endpoints: ReadonlySet<string>;
    readonly idempotencyKeyLifetimeMs?: number;
  }) {
    this.send = catalog.send;
    this.baseUri = catalog.baseUri;
    this.style = catalog.style;
    this.endpoints = catalog.endpoints;
    this.idempotencyKeyLifetimeMs = catalog.idempotencyKeyLifetimeMs;
  }

  supports(route: RouteName): boolean {
    return route === "getConfig" || this.endpoints.has(endpointOf(route));
  }

  /** Whether the catalog itself says that it has an operation: one that lists none is trusted with the older ones only in {@link supports}. */
  lists(route: RouteName): boolean {
    return this.endpoints !== legacyEndpoints && this.supports(route);
  }

  /** Calls an operation whose answer is of no interest beyond its success. */
  async run(route: RouteName, call: RestCall): Promise<void> {
    await this.exchange(route, call);
  }

  /** Calls an operation and reads its answer. */
  async read<T>(route: RouteName, call: RestCall, parse: (json: JsonReader) => T): Promise<T> {
    return parsed(route, await this.exchange(route, call), parse);
  }

  /** Like {@link read}, with the answer's tag; undefined when the copy that `ifNoneMatch` names is still the answer. */
  async readTagged<T>(
    route: RouteName,
    call: RestCall,
    parse: (json: JsonReader) => T,
  ): Promise<Tagged<T> | undefined> {
    const response = await this.exchange(route, call);
    if (response.status === 304) return undefined;
    return { value: parsed(route, response, parse), etag: response.headers.get("etag") ?? undefined };
  }

  private async exchange(route: RouteName, call: RestCall): Promise<HttpResponse> {
    if (!this.supports(route)) {
      throw new IcebergError("UNSUPPORTED", `the catalog at ${this.baseUri} does not offer ${endpointOf(route)}`);
    }
    const response = await this.send(this.request(route, call)).catch((error: unknown) => {
      throw isLostCommit(route, error) ? stateUnknown(route, error.message, error) : error;
    });
    if (isSuccess(response) || (response.status === 304 && call.ifNoneMatch !== undefined)) return response;
    throw errorFromResponse(
      { route, createsTable: call.createsTable === true, delegates: call.delegation !== undefined },
      response,
    );
  }

  private request(route: RouteName, call: RestCall): HttpRequest {
    const { body, delegation, token, ifNoneMatch } = call;
    const lifetimeMs = takesEffect(route) ? this.idempotencyKeyLifetimeMs : undefined;
    const query = call.query === undefined ? "" : `?${new URLSearchParams(call.query)}`;
    return {
      method: routes[route].method,
      url: `${this.baseUri}${pathOf(route, this.style, call)}${query}`,
      headers: {
        accept: "application/json",
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(delegation !== undefined && { "x-iceberg-access-delegation": delegation }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(ifNoneMatch !== undefined && { "if-none-match": ifNoneMatch }),
        ...(lifetimeMs !== undefined && { "idempotency-key": newIdempotencyKey() }),
      },
      ...(lifetimeMs !== undefined && { repeatableForMs: lifetimeMs }),
      ...(body !== undefined && { body: stringifyJson(body) }),
    };
  }
}

function parsed<T>(route: RouteName, response: HttpResponse, parse: (json: JsonReader) => T): T {
  try {
    return parse(new JsonReader(parseLongJson(response.body)));
  } catch (cause) {
    throw unreadable(route, cause);
  }
}

function isLostCommit(route: RouteName, error: unknown): error is IcebergError {
  return (
    isCommit(route) && error instanceof IcebergError && error.code === "SERVICE_UNAVAILABLE" && mayHaveArrived(error)
  );
}

/** A commit that was answered with success took effect, or not: what cannot be read says nothing. */
function unreadable(route: RouteName, cause: unknown): unknown {
  const problem = `the answer cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
  if (isCommit(route)) return stateUnknown(route, problem, cause);
  if (cause instanceof IcebergError && cause.code === "UNSUPPORTED") return cause;
  return new IcebergError("METADATA_INVALID", `${route}: ${problem}`, { cause });
}

function stateUnknown(route: RouteName, problem: string, cause: unknown): IcebergError {
  return new IcebergError(
    "COMMIT_STATE_UNKNOWN",
    `${route}: nobody knows whether the commit took effect: ${problem}. Look for its snapshot before anything else`,
    { cause, context: { route } },
  );
}
