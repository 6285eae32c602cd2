import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { markdownTable } from "../report.ts";
import { inProcess } from "../run.ts";
import { createBenchTable, openCatalog } from "./bench-table.ts";
import type { CommitRequest } from "./commit-writer.ts";

const commitsInAll = 160;

/** Snapshots per second that writers in processes of their own put on one table of an embedded catalog. */
export async function committingSection(): Promise<string> {
  const rows = [await committing(1), await committing(8)];
  return [
    "Appends of one file, each a snapshot of its own, to one table of the embedded catalog on a local disk:",
    "",
    markdownTable(["writers", "commits", "commits per second"], rows),
  ].join("\n");
}

async function committing(writers: number): Promise<string[]> {
  const path = mkdtempSync(join(tmpdir(), "icecore-commits-"));
  try {
    await createTableIn(path);
    const start = performance.now();
    await Promise.all(
      Array.from({ length: writers }, (_, writer) => {
        const request: CommitRequest = { path, writer, commits: commitsInAll / writers };
        return inProcess(import.meta.url, "commit-writer", request);
      }),
    );
    const seconds = (performance.now() - start) / 1000;
    await checkAllLanded(path);
    return [`${writers}`, `${commitsInAll}`, (commitsInAll / seconds).toFixed(1)];
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

async function createTableIn(path: string): Promise<void> {
  await using opened = await openCatalog(path);
  await createBenchTable(opened);
}

async function checkAllLanded(path: string): Promise<void> {
  await using opened = await openCatalog(path);
  const { tasks } = await (await opened.load()).scan().plan();
  if (tasks.length !== commitsInAll) throw new Error(`${tasks.length} of ${commitsInAll} commits are in the table`);
}
