import { IcebergError, type IcebergErrorCode } from "../../errors.ts";
import { parseJson } from "../../spec/json.ts";
import { JsonReader } from "../../spec/json-reader.ts";
import type { HttpResponse } from "./http.ts";
import { type RouteName, routes } from "./routes.ts";

/** What a request was about, where its route alone does not say. */
export interface RequestIntent {
  readonly route: RouteName;
  /** The commit creates its table: then a conflict means that the table is there. */
  readonly createsTable?: boolean;
  /** It asked for vended credentials. */
  readonly delegates?: boolean;
}

interface ErrorModel {
  readonly message: string;
  readonly type?: string;
}

/**
 * Nobody knows whether a commit that is answered like this took effect: it failed midway, or something before the catalog
 * gave up on it, for which gateways have words of their own (520 to 527, 598). Only 501 and 507 are the catalog's no.
 */
const isUnknownOutcome = (status: number): boolean =>
  status === 408 || (status >= 500 && status !== 501 && status !== 507);

/** The error that an answer stands for; route, status and then the body's `type` decide. */
export function errorFromResponse(intent: RequestIntent, response: HttpResponse): IcebergError {
  const model = parseErrorModel(response);
  const code = repeatedCommit(intent, response) ? "COMMIT_STATE_UNKNOWN" : codeOf(intent, response.status, model.type);
  const mend = mendOf(intent, response, model);
  return new IcebergError(code, `${intent.route}: ${model.message} (${response.status})${mend}`, {
    context: { route: intent.route, status: response.status, type: model.type },
  });
}

function mendOf(intent: RequestIntent, { status, headers }: HttpResponse, model: ErrorModel): string {
  if (refusesDelegation(intent, status, model)) return `; ${howToGetCredentials}`;
  const location = status >= 300 && status < 400 ? headers.get("location") : null;
  return location === null ? "" : `; the catalog is at another address: connect to it as ${location} says`;
}

/**
 * A commit that was sent before may have taken effect then, whatever is said of the last sending: there are catalogs that
 * replay some requests and not others.
 */
function repeatedCommit({ route }: RequestIntent, { isRepeated }: HttpResponse): boolean {
  return isCommit(route) && isRepeated === true;
}

/** Polaris does so when its storage configuration has no role to take on, or says `stsUnavailable`. */
function refusesDelegation({ delegates }: RequestIntent, status: number, { message }: ErrorModel): boolean {
  return delegates === true && (status === 400 || status === 403) && /credential|vend|delegat|subscop/i.test(message);
}

const howToGetCredentials =
  "the catalog cannot vend credentials for this table's storage: either mend the catalog's storage configuration " +
  "(a role that it may assume), or connect without accessDelegation and set s3.access-key-id and s3.secret-access-key here";

export function isCommit(route: RouteName): boolean {
  return route === "updateTable" || route === "commitTransaction";
}

function codeOf(intent: RequestIntent, status: number, type: string | undefined): IcebergErrorCode {
  if (isUnknownOutcome(status)) return isCommit(intent.route) ? "COMMIT_STATE_UNKNOWN" : "SERVICE_UNAVAILABLE";
  switch (status) {
    case 400:
      return type === "NamespaceNotEmptyException" ? "NAMESPACE_NOT_EMPTY" : "INVALID_ARGUMENT";
    case 401:
    case 419:
      return "AUTHENTICATION_FAILED";
    case 403:
      return "FORBIDDEN";
    case 404:
      return missing(intent, type);
    case 405:
    case 406:
    case 501:
      return "UNSUPPORTED";
    case 409:
      return conflict(intent);
    case 507:
      return "STORAGE_FULL";
    default:
      return status === 429 ? "SERVICE_UNAVAILABLE" : "INVALID_ARGUMENT";
  }
}

function missing(intent: RequestIntent, type: string | undefined): IcebergErrorCode {
  const { subject } = routes[intent.route];
  // A 404 that no catalog wrote: there is none at this address.
  if (subject === "warehouse") return type === undefined ? "INVALID_ARGUMENT" : "WAREHOUSE_NOT_FOUND";
  if (type === "NoSuchNamespaceException") return "NAMESPACE_NOT_FOUND";
  if (type === "NoSuchTableException") return "TABLE_NOT_FOUND";
  if (type === "NotFoundException") return "FILE_NOT_FOUND";
  return subject === "namespace" || intent.createsTable === true ? "NAMESPACE_NOT_FOUND" : "TABLE_NOT_FOUND";
}

function conflict(intent: RequestIntent): IcebergErrorCode {
  if (intent.route === "dropNamespace") return "NAMESPACE_NOT_EMPTY";
  return isCommit(intent.route) && intent.createsTable !== true ? "COMMIT_CONFLICT" : "ALREADY_EXISTS";
}

/** Errors may also come as a bare model, as HTML from a proxy, or as nothing at all. */
function parseErrorModel({ body, status }: HttpResponse): ErrorModel {
  try {
    const json = new JsonReader(parseJson(body));
    const model = json.optional("error") ?? json;
    const type = model.optional("type")?.string();
    return { message: model.field("message").string(), ...(type !== undefined && { type }) };
  } catch {
    const text = body.trim().slice(0, 200);
    return { message: text === "" ? `the catalog answered ${status} without a reason` : text };
  }
}
