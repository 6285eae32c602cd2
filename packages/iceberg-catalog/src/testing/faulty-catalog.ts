import type { Catalog } from "../catalog/catalog.ts";
import { RestCatalog } from "../catalog/rest/rest-catalog.ts";
import type { FileIO } from "../io/file-io.ts";
import { createCatalogApp } from "../server/http/app.ts";
import { forgetful } from "./forgetful.ts";
import { inMemoryContext } from "./in-memory-context.ts";
import type { TestEnvironment } from "./test-environment.ts";

/** What happens to a commit on its way: answers in place of the catalog, which it may ask to carry the commit out. */
export type CommitFault = (land: () => Promise<Response>) => Promise<Response>;

/** A real catalog behind a connection that can be made to fail: each fault meets one commit. */
export interface FaultyCatalog {
  readonly catalog: Catalog;
  /** The same, as another process has it, without faults. */
  readonly another: Catalog;
  readonly faults: CommitFault[];
  /** The bodies of the commits that were sent. */
  readonly commits: string[];
  /** Answers to loads, where set. */
  loadAnswer: (() => Response) | undefined;
}

export async function openFaultyCatalog(io: FileIO, environment: TestEnvironment): Promise<FaultyCatalog> {
  const app = createCatalogApp({ ...inMemoryContext(), io, now: () => environment.now() });
  const fetch = forgetful(async (request) => app.fetch(request));
  const connection: Omit<FaultyCatalog, "catalog" | "another"> = { faults: [], commits: [], loadAnswer: undefined };
  const catalog = await RestCatalog.connect({
    uri: "http://embedded/",
    fetch: async (request) => {
      const isTable = /\/tables\/[^/]+$/.test(new URL(request.url).pathname);
      if (isTable && request.method === "GET" && connection.loadAnswer) return connection.loadAnswer();
      if (!isTable || request.method !== "POST") return fetch(request);
      connection.commits.push(await request.clone().text());
      const land = async (): Promise<Response> => fetch(request);
      const fault = connection.faults.shift();
      return fault === undefined ? land() : fault(land);
    },
  });
  const another = await RestCatalog.connect({ uri: "http://embedded/", fetch });
  return Object.assign(connection, { catalog, another });
}

/** An answer as a catalog gives it when it refuses. */
export function refusal(status: number, type: string): Response {
  return Response.json({ error: { message: "refused by the test", type, code: status } }, { status });
}
