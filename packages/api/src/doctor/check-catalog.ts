import { isIcebergError, type Namespace, type RestCatalog } from "@icecore/iceberg-catalog";
import type { FeatureStoreConfig } from "../config/config.ts";
import { isKnownError, messageOf } from "../errors.ts";
import { type Finding, failed, ok, warning } from "./finding.ts";
import { tokenTimes } from "./token-claims.ts";

type RestSettings = Extract<FeatureStoreConfig["offline_store"]["catalog"], { type: "rest" }>;

const part = "catalog";
/** Signatures of S3 are refused beyond 15 minutes, tokens of many servers beyond one. */
const skewWarningMs = 30_000;
const skewFailureMs = 5 * 60_000;

/** Whether anybody answers at a catalog's address, and whether its clock is ours: one request, not repeated. */
export async function reachCatalog({ uri }: RestSettings, now: Date): Promise<readonly Finding[]> {
  try {
    const response = await fetch(`${uri.replace(/\/+$/, "")}/v1/config`, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return compareClocks(response.headers.get("date"), now);
  } catch (error) {
    const message = deepestMessage(error);
    return [failed(part, `${uri}: ${message}`, unreachable(uri, message))];
  }
}

/** Why a REST catalog that answers cannot be opened: the cause where it can be found out, else what the catalog said. */
export function explainCatalogFailure(settings: RestSettings, error: unknown, now: Date): Finding {
  const message = messageOf(error);
  return expiredToken(settings, now) ?? failed(part, message, mendOf(settings, error, message));
}

/** What `fetch` says of a connection is two causes down. */
function deepestMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? deepestMessage(error.cause) : error.message || error.name;
}

function mendOf(settings: RestSettings, error: unknown, message: string): string | undefined {
  if (!isKnownError(error)) return undefined;
  if (isIcebergError(error, "WAREHOUSE_NOT_FOUND")) {
    return settings.warehouse === undefined
      ? "set offline_store.catalog.warehouse to the name of a warehouse (with Polaris: of a catalog)"
      : `set offline_store.catalog.warehouse to a warehouse that is there; "${settings.warehouse}" is not, or is not this user's`;
  }
  if (isIcebergError(error, "AUTHENTICATION_FAILED")) return unauthenticated(settings, message);
  if (isIcebergError(error, "FORBIDDEN")) {
    return "the catalog knows this user and does not let it in: grant its principal role a catalog role, and check scope";
  }
  if (isIcebergError(error, "INVALID_ARGUMENT") && settings.warehouse === undefined) {
    return "is it the address of an Iceberg REST catalog (Polaris's ends in /api/catalog)? does it want a warehouse?";
  }
  return "is it the address of an Iceberg REST catalog? Polaris's ends in /api/catalog, Nessie's in /iceberg";
}

function unreachable(uri: string, message: string): string {
  const { hostname, host, protocol } = new URL(uri);
  if (/ENOTFOUND|EAI_AGAIN/.test(message)) return `no such host: check "${hostname}" in offline_store.catalog.uri`;
  if (/ECONNREFUSED/.test(message)) return `nothing listens at ${host}: start the catalog, or mend its port`;
  if (/certificate|self.signed/i.test(message)) return "trust the catalog's certificate: NODE_EXTRA_CA_CERTS=ca.pem";
  if (/wrong version number|packet length|EPROTO/i.test(message)) return `write http:// instead of ${protocol}//`;
  if (/timeout/i.test(message)) return `${host} does not answer: a firewall, or the wrong network?`;
  return `see that the catalog at ${host} is well; its log says more`;
}

function unauthenticated({ credential, token, scope }: RestSettings, message: string): string {
  if (credential === undefined && token === undefined) {
    return "set offline_store.catalog.credential to CLIENT_ID:CLIENT_SECRET, or token";
  }
  if (/invalid_scope/.test(message)) return `set offline_store.catalog.scope; now it is ${scope ?? "not set"}`;
  if (credential !== undefined && !credential.includes(":")) {
    return "write offline_store.catalog.credential as CLIENT_ID:CLIENT_SECRET; it has no colon";
  }
  if (credential !== undefined) return "check CLIENT_ID:CLIENT_SECRET in offline_store.catalog.credential, and scope";
  return "get a new token: this one is refused";
}

function expiredToken({ token }: RestSettings, now: Date): Finding | undefined {
  const times = token === undefined ? undefined : tokenTimes(token);
  if (times?.expires !== undefined && times.expires <= now) {
    return failed(part, `the token expired at ${times.expires.toISOString()}`, "get a new one, or use a credential");
  }
  if (times?.notBefore !== undefined && times.notBefore > now) {
    const at = times.notBefore.toISOString();
    return failed(part, `the token is good from ${at} on, and here it is ${now.toISOString()}`, "set this clock");
  }
  return undefined;
}

function compareClocks(answered: string | null, now: Date): readonly Finding[] {
  const theirs = Date.parse(answered ?? "");
  const skewMs = Math.abs(theirs - now.getTime());
  if (Number.isNaN(theirs) || skewMs <= skewWarningMs) return [];
  const message = `this clock says ${now.toISOString()}, the catalog's ${new Date(theirs).toISOString()}`;
  const mend = "set the clocks by NTP: tokens and S3 signatures are refused when they differ";
  return [skewMs > skewFailureMs ? failed(part, message, mend) : warning(part, message, mend)];
}

/** What an open REST catalog lets this user do. */
export async function checkRestCatalog(
  catalog: RestCatalog,
  settings: RestSettings,
  namespace: Namespace,
): Promise<readonly Finding[]> {
  const where = `${settings.uri}${settings.warehouse === undefined ? "" : `, warehouse ${settings.warehouse}`}`;
  return [ok(part, `Iceberg REST catalog at ${where}`), await checkNamespace(catalog, namespace)];
}

async function checkNamespace(catalog: RestCatalog, namespace: Namespace): Promise<Finding> {
  const name = namespace.join(".");
  try {
    await catalog.loadNamespace(namespace);
    return ok("namespace", `namespace ${name} is there`);
  } catch (error) {
    if (isIcebergError(error, "NAMESPACE_NOT_FOUND")) return ok("namespace", `namespace ${name} will be made by apply`);
    if (!isIcebergError(error, "FORBIDDEN")) throw error;
    return failed(
      "namespace",
      error.message,
      `let this user use namespace ${name}: with Polaris, grant its catalog role CATALOG_MANAGE_CONTENT`,
    );
  }
}
