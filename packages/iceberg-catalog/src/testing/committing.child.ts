import { join } from "node:path";
import { RestCatalog } from "../catalog/rest/rest-catalog.ts";
import { localFileIO } from "../io/local.ts";
import { expireSnapshots } from "../maintenance/expire-snapshots.ts";
import { createCatalogApp } from "../server/http/app.ts";
import { KnownMetadata } from "../server/operations/known-metadata.ts";
import { lmdbStore } from "../server/store/lmdb-store.ts";
import { timestampMs } from "../spec/ids.ts";
import { loadTable, type Table } from "../table.ts";
import { steppedFileIO } from "./faulty-file-io.ts";
import { unpartitionedFile } from "./unpartitioned-file.ts";

/** What the process is told to do, as JSON in its first argument. */
export interface ChildTask {
  /** Folder of the catalog, which other processes have open too. */
  readonly path: string;
  readonly work: "append" | "change" | "expire";
  /** Paths of data files to add: `append` makes a commit for each of them. */
  readonly add: readonly string[];
  /** Paths of data files to remove. */
  readonly remove?: readonly string[];
  /** The step, from 1, at which the process is killed. */
  readonly dieAt?: number;
}

const task = JSON.parse(process.argv[2] ?? "") as ChildTask;

let steps = 0;
function at(): void {
  if (++steps === task.dieAt) process.kill(process.pid, "SIGKILL");
}

/** What `openEmbeddedCatalog` makes, with steps on both sides of the commit. */
async function openTable(): Promise<Table> {
  const io = steppedFileIO(localFileIO(), at);
  const app = createCatalogApp({
    store: lmdbStore(join(task.path, "catalog.lmdb")),
    io,
    known: new KnownMetadata(),
    warehouse: `file://${task.path}/warehouse`,
    formerWarehouses: [],
    now: () => timestampMs(Date.now()),
    newUuid: () => crypto.randomUUID(),
  });
  const catalog = await RestCatalog.connect({
    uri: "http://embedded",
    fetch: async (request) => {
      if (request.method !== "POST") return app.fetch(request);
      at();
      const answer = await app.fetch(request);
      at();
      return answer;
    },
  });
  return loadTable(catalog, { namespace: ["n"], name: "t" }, io);
}

const table = await openTable();
switch (task.work) {
  case "append":
    for (const path of task.add) {
      await table
        .newTransaction()
        .append([unpartitionedFile(path)])
        .commit();
      console.log(path);
    }
    break;
  case "change":
    await table
      .newTransaction()
      .changeFiles({
        added: task.add.map(unpartitionedFile),
        removed: { files: (task.remove ?? []).map(unpartitionedFile) },
      })
      .commit();
    console.log("done");
    break;
  case "expire":
    await expireSnapshots(table, { olderThan: timestampMs(Number.MAX_SAFE_INTEGER) });
    console.log("done");
    break;
}
process.exit(0);
