import type { StorageCredential } from "../catalog/catalog.ts";
import type { Fetch } from "../catalog/rest/fetch-send.ts";
import type { FileIO } from "../io/file-io.ts";
import { createCatalogApp } from "../server/http/app.ts";
import { type JsonObject, parseJson, stringifyJson } from "../spec/json.ts";
import { inMemoryContext } from "./in-memory-context.ts";

const credentialsEndpoint = "GET /v1/{prefix}/namespaces/{namespace}/tables/{table}/credentials";

/** A real catalog over S3 that vends credentials to those who ask for them. */
export interface VendingCatalog {
  readonly fetch: Fetch;
  /** What it vends; the n-th asked for is the n-th made. */
  vend: (count: number) => readonly StorageCredential[];
  config: JsonObject;
  /** Whether it has an operation for credentials alone. */
  offersCredentials: boolean;
  /** Operations that came with the header for delegation. */
  readonly delegated: string[];
  /** How many times it vended. */
  vended: number;
}

export function vendingCatalog(io: FileIO, warehouse: string): VendingCatalog {
  const app = createCatalogApp({ ...inMemoryContext(), io, warehouse });
  const catalog: VendingCatalog = {
    fetch: async (request) => {
      const operation = `${request.method} ${new URL(request.url).pathname}`;
      const asked = request.headers.get("x-iceberg-access-delegation") === "vended-credentials";
      if (asked) catalog.delegated.push(operation);
      if (operation.endsWith("/credentials")) return answer(credentialsOf(catalog));
      const response = await app.fetch(request);
      if (operation.endsWith("/v1/config") && catalog.offersCredentials) return withEndpoint(response);
      if (!asked || !response.ok) return response;
      const body = parseJson(await response.text()) as JsonObject;
      return answer({ ...body, config: catalog.config, ...credentialsOf(catalog) });
    },
    vend: () => [],
    config: {},
    offersCredentials: true,
    delegated: [],
    vended: 0,
  };
  return catalog;
}

function credentialsOf(catalog: VendingCatalog): JsonObject {
  const credentials = catalog.vend(++catalog.vended).map(({ prefix, config }) => ({ prefix, config }));
  return { "storage-credentials": credentials };
}

async function withEndpoint(response: Response): Promise<Response> {
  const body = parseJson(await response.text()) as JsonObject;
  return answer({ ...body, endpoints: [...(body["endpoints"] as string[]), credentialsEndpoint] });
}

function answer(body: JsonObject): Response {
  return new Response(stringifyJson(body), { headers: { "content-type": "application/json" } });
}
