import { mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { Database } from "@icecore/iceberg-catalog/duckdb";
import { ingest } from "@icecore/offline-store";
import { peakMemoryMb } from "../peak-memory.ts";
import { openEmptyProject } from "./bench-views.ts";

/** What it took to bring a file in, in this process alone. */
export interface Ingested {
  readonly seconds: number;
  readonly rows: number;
  readonly peakMb: number;
}

const { file, memoryLimit } = JSON.parse(process.argv[2] ?? "") as {
  readonly file: string;
  readonly memoryLimit: string;
};
const folder = mkdtempSync(join(dirname(file), "ingest-"));
{
  await using opened = await openEmptyProject(folder);
  await using database = await Database.open({ memoryLimit, threads: 2, tempDirectory: folder });
  await using session = await database.connect();
  const [view] = opened.views;
  if (view === undefined) throw new Error("there are three");
  const table = await opened.project.loadTable(view.name);
  const begin = performance.now();
  const result = await ingest(session, { view, table, input: { files: [file] }, nowMicros: 0n });
  const seconds = (performance.now() - begin) / 1000;
  if (result.outcome !== "ingested") throw new Error(result.outcome);
  const ingested: Ingested = { seconds, rows: Number(result.rows), peakMb: peakMemoryMb() };
  console.log(JSON.stringify(ingested));
}
rmSync(folder, { recursive: true });
