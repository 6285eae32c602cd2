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
  /** The same project over a connection on which nobody may change the table of that name. */
  refusing(table: string): Promise<ProjectCatalog>;
}

/** A project of its own, in an embedded catalog in a temporary folder. */
export async function openProject(): Promise<TestProject> {
  const path = await mkdtemp(join(tmpdir(), "icecore-registry-"));
  const embedded = await openEmbeddedCatalog({ path });
  const connect = async (fetch: typeof embedded.fetch): Promise<ProjectCatalog> => {
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
    refusing: (table) =>
      connect(async (request) => {
        const isRefused = request.method === "POST" && new URL(request.url).pathname.endsWith(`/tables/${table}`);
        return isRefused ? Response.json({ error: forbidden }, { status: 403 }) : embedded.fetch(request);
      }),
    async [Symbol.asyncDispose]() {
      await embedded.close();
      await rm(path, { recursive: true, force: true });
    },
  };
}

const forbidden = { message: "not yours", type: "ForbiddenException", code: 403 };
