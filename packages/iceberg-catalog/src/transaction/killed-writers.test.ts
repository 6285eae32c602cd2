import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { RestCatalog } from "../catalog/rest/rest-catalog.ts";
import { localFileIO } from "../io/local.ts";
import { planOrphanFiles, removeOrphanFiles } from "../maintenance/remove-orphan-files.ts";
import { type EmbeddedCatalog, openEmbeddedCatalog } from "../server/open-embedded-catalog.ts";
import { fieldId, schemaId, timestampMs } from "../spec/ids.ts";
import { createTable, type Table } from "../table.ts";
import { expectWhole } from "../testing/expect-whole.ts";
import { type ChildOutcome, runChild } from "../testing/run-child.ts";
import { liveFiles } from "../testing/test-table.ts";
import { unpartitionedFile } from "../testing/unpartitioned-file.ts";

const timeout = 180_000;
const ever = timestampMs(Number.MAX_SAFE_INTEGER);

let path: string;
let embedded: EmbeddedCatalog;
let table: Table;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), "icecore-killed-"));
  embedded = await openEmbeddedCatalog({ path });
  const catalog = await RestCatalog.connect({ uri: "http://embedded", fetch: embedded.fetch });
  await catalog.createNamespace(["n"]);
  const fields = [{ id: fieldId(1), name: "id", required: false, type: { kind: "long" } as const }];
  const properties = {
    "commit.retry.num-retries": "1000",
    "commit.retry.min-wait-ms": "5",
    "commit.retry.max-wait-ms": "200",
    "commit.manifest.min-count-to-merge": "5",
  };
  const schema = { schemaId: schemaId(0), identifierFieldIds: [], fields };
  table = await createTable(catalog, { namespace: ["n"], name: "t" }, { schema, properties }, localFileIO());
});
afterEach(async () => {
  await embedded.close();
  await rm(path, { recursive: true });
});

const pathOf = (name: string): string => `${table.metadata.location}/data/${name}.parquet`;

async function dataFiles(...names: string[]): Promise<readonly string[]> {
  for (const name of names) await table.io.write(pathOf(name), new Uint8Array(1));
  return names.map(pathOf);
}

/** Commits in this process, where nobody is to be killed: another one takes its time to start. */
async function append(...names: string[]): Promise<void> {
  for (const path of await dataFiles(...names)) {
    table = await table
      .newTransaction()
      .append([unpartitionedFile(path)])
      .commit();
  }
}

/** Kills a process at its first step, the next at its second, and so on until one gets through. */
async function killedAtEachStep(
  run: (dieAt: number) => Promise<ChildOutcome>,
  check: (outcome: ChildOutcome, dieAt: number) => Promise<void>,
): Promise<number> {
  for (let dieAt = 1; ; dieAt++) {
    const outcome = await run(dieAt);
    table = await table.refresh();
    await expectWhole(table);
    await check(outcome, dieAt);
    if (!outcome.isKilled) return dieAt - 1;
  }
}

/** Leftovers can be told from what is needed, and taken away. */
async function expectCleanable(): Promise<void> {
  const before = await liveFiles(table);
  const { failed } = await removeOrphanFiles(table, await planOrphanFiles(table, { olderThan: ever }));
  expect(failed).toEqual([]);
  await expectWhole(table);
  expect(await liveFiles(await table.refresh())).toEqual(before);
}

it(
  "a writer that is killed at any step of a commit has done all of it or nothing, and others go on",
  async () => {
    await append("old0");
    const landed: boolean[] = [];
    let current = "old0";
    const steps = await killedAtEachStep(
      async (dieAt) => {
        const add = await dataFiles(`new${dieAt}`);
        return runChild({ path, work: "change", add, remove: [pathOf(current)], dieAt });
      },
      async ({ isKilled }, dieAt) => {
        const files = await liveFiles(table);
        expect([[current], [`new${dieAt}`]]).toContainEqual(files);
        landed.push(files[0] === `new${dieAt}`);
        if (!isKilled) expect(landed.at(-1)).toBe(true);
        current = files[0] ?? "";
      },
    );
    // Before and after each of two manifests, the list, the commit itself, and the metadata file of the catalog.
    expect(steps).toBe(10);
    expect(landed).toEqual([...Array.from({ length: 9 }, () => false), true, true]);
    await expectCleanable();
  },
  timeout,
);

it(
  "an expiry that is killed at any step deletes nothing that is needed",
  async () => {
    await append("a", "b", "c");
    const steps = await killedAtEachStep(
      async (dieAt) => {
        await append(`x${dieAt}`);
        return runChild({ path, work: "expire", add: [], dieAt });
      },
      async () => expect(await liveFiles(table)).toEqual(expect.arrayContaining(["a", "b", "c", "x1"])),
    );
    expect(steps).toBeGreaterThan(4);
    expect(table.metadata.snapshots).toHaveLength(1);
    await expectCleanable();
  },
  timeout,
);

it(
  "eight processes that commit to one table at once lose nothing and write nothing twice",
  async () => {
    const [processes, commits] = [8, 5];
    const tasks = await Promise.all(
      Array.from({ length: processes }, (_, p) =>
        dataFiles(...Array.from({ length: commits }, (__, i) => `p${p}-${i}`)),
      ),
    );
    const outcomes = await Promise.all(tasks.map((add) => runChild({ path, work: "append", add })));
    const acknowledged = outcomes.flatMap((outcome) => outcome.acknowledged);
    table = await table.refresh();
    await expectWhole(table);
    expect(acknowledged).toHaveLength(processes * commits);
    expect(await liveFiles(table)).toEqual(
      acknowledged.map((file) => file.replace(/^.*\/(.*)\.parquet$/, "$1")).sort(),
    );
    expect(table.metadata.snapshots).toHaveLength(processes * commits);
    const { tasks: scanned } = await table.scan().plan();
    expect(scanned.reduce((rows, { dataFile }) => rows + dataFile.recordCount, 0n)).toBe(
      BigInt(3 * acknowledged.length),
    );
    expect(table.currentSnapshot()?.summary.properties["total-records"]).toBe(String(3 * acknowledged.length));
    const numbers = table.metadata.snapshots.map(({ sequenceNumber }) => sequenceNumber);
    expect(numbers).toEqual(Array.from({ length: processes * commits }, (_, i) => BigInt(i + 1)));
    await expectCleanable();
  },
  timeout,
);
