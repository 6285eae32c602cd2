import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localFileIO, RestCatalog } from "@icecore/iceberg-catalog";
import { openEmbeddedCatalog } from "@icecore/iceberg-catalog/server";
import { ProjectCatalog } from "../store/project-catalog.ts";

export interface DyingProject {
  readonly project: ProjectCatalog;
  /** Resolves when it is killed. */
  readonly died: Promise<void>;
  /** How many requests there were. */
  sent(): number;
}

export interface TestProject extends AsyncDisposable {
  readonly project: ProjectCatalog;
  /**
   * The same project in a process that is killed at its `count`-th request, which may have been carried out: nothing that
   * waits for an answer goes on.
   */
  dying(count: number, isCarriedOut: boolean): Promise<DyingProject>;
  /** The same project over a connection on which something happens before a request to a path of that ending. */
  before(ending: string, happen: () => Promise<void>): Promise<ProjectCatalog>;
  /** The same project over a connection on which nobody may change the table of that name, nor several at once. */
  refusing(table: string): Promise<ProjectCatalog>;
}

/**
 * A project of its own, in an embedded catalog in a temporary folder.
 * @param hasTransactions whether the catalog says that it can commit to several tables at once
 */
export async function openProject(hasTransactions = true): Promise<TestProject> {
  const path = await mkdtemp(join(tmpdir(), "icecore-registry-"));
  const embedded = await openEmbeddedCatalog({ path });
  const connect = async (answer: typeof embedded.fetch): Promise<ProjectCatalog> => {
    const fetch = hasTransactions ? answer : withoutTransactions(answer);
    const catalog = await RestCatalog.connect({ uri: "http://embedded", fetch });
    return new ProjectCatalog(catalog, localFileIO(), ["test"]);
  };
  return {
    project: await connect(embedded.fetch),
    async dying(count, isCarriedOut) {
      // What connecting asks for is not counted.
      let sent = Number.NEGATIVE_INFINITY;
      let die = () => {};
      const died = new Promise<void>((resolve) => {
        die = resolve;
      });
      const project = await connect(async (request) => {
        if (++sent < count) return embedded.fetch(request);
        if (isCarriedOut) await embedded.fetch(request);
        die();
        return new Promise<never>(() => {});
      });
      sent = 0;
      return { project, died, sent: () => sent };
    },
    before: (ending, happen) =>
      connect(async (request) => {
        if (new URL(request.url).pathname.endsWith(ending)) await happen();
        return embedded.fetch(request);
      }),
    refusing: (table) =>
      connect(async (request) => {
        const { pathname } = new URL(request.url);
        const isRefused =
          request.method === "POST" && (pathname.endsWith(`/tables/${table}`) || pathname.endsWith(transactions));
        return isRefused ? Response.json({ error: forbidden }, { status: 403 }) : embedded.fetch(request);
      }),
    async [Symbol.asyncDispose]() {
      await embedded.close();
      await rm(path, { recursive: true, force: true });
    },
  };
}

const transactions = "/transactions/commit";

function withoutTransactions(fetch: (request: Request) => Promise<Response>): typeof fetch {
  return async (request) => {
    const response = await fetch(request);
    if (!new URL(request.url).pathname.endsWith("/v1/config")) return response;
    const config = (await response.json()) as { readonly endpoints: readonly string[] };
    return Response.json({ ...config, endpoints: config.endpoints.filter((name) => !name.endsWith(transactions)) });
  };
}

const forbidden = { message: "not yours", type: "ForbiddenException", code: 403 };
