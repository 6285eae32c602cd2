import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { RestCatalog } from "../catalog/rest/rest-catalog.ts";
import { localPath } from "../io/local.ts";
import { driversTable } from "../testing/sample-commits.ts";
import { openEmbeddedCatalog } from "./open-embedded-catalog.ts";

const script = fileURLToPath(new URL("../testing/commit-often.ts", import.meta.url));
const identifier = { namespace: ["n"], name: "t" };
const [processes, commits] = [3, 15];

test("several processes commit to one table, each snapshot on top of the one before, and leave no file of lost commits", async () => {
  const path = await mkdtemp(join(tmpdir(), "icecore-processes-"));
  const embedded = await openEmbeddedCatalog({ path });
  const catalog = await RestCatalog.connect({ uri: "http://embedded", fetch: embedded.fetch });
  await catalog.createNamespace(["n"]);
  const { metadata } = await catalog.createTable(identifier, driversTable);

  const runs = Array.from({ length: processes }, (_, i) =>
    promisify(execFile)(process.execPath, [
      "--import",
      import.meta.resolve("tsx"),
      script,
      path,
      `${100 * (i + 1)}`,
      `${commits}`,
    ]),
  );
  await Promise.all(runs);

  const after = await catalog.loadTable(identifier);
  const { snapshots } = after.metadata;
  expect(snapshots).toHaveLength(processes * commits);
  expect(snapshots.map(({ parentSnapshotId }) => parentSnapshotId)).toEqual([
    undefined,
    ...snapshots.slice(0, -1).map(({ snapshotId }) => snapshotId),
  ]);
  expect(await readdir(`${localPath(metadata.location)}/metadata`)).toHaveLength(processes * commits + 1);
  await embedded.close();
  await rm(path, { recursive: true });
});
