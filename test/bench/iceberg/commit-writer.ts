import { dataFile, openCatalog } from "./bench-table.ts";

/** Appends one file after another, as one of several writers; each commit is one snapshot. */
export interface CommitRequest {
  readonly path: string;
  readonly writer: number;
  readonly commits: number;
}

const { path, writer, commits } = JSON.parse(process.argv[2] ?? "{}") as CommitRequest;
await using opened = await openCatalog(path);
let table = await opened.load();
for (let i = 0; i < commits; i++) {
  const file = dataFile(table, writer, i, `w${writer}-${i}`);
  table = await table.newTransaction().fastAppend([file]).commit();
}
