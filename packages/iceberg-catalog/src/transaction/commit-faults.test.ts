import { describe, expect, it } from "vitest";
import { isIcebergError } from "../errors.ts";
import { expireSnapshots } from "../maintenance/expire-snapshots.ts";
import { planOrphanFiles, removeOrphanFiles } from "../maintenance/remove-orphan-files.ts";
import { timestampMs } from "../spec/ids.ts";
import { loadTable, Table } from "../table.ts";
import { expectWhole } from "../testing/expect-whole.ts";
import type { CommitFault } from "../testing/faulty-catalog.ts";
import { refusal } from "../testing/faulty-catalog.ts";
import { steppedFileIO } from "../testing/faulty-file-io.ts";
import { dataFile, liveFiles, testTable } from "../testing/test-table.ts";

const ever = timestampMs(Number.MAX_SAFE_INTEGER);

async function opened() {
  const setup = await testTable({ "commit.manifest.min-count-to-merge": "3" });
  const { environment } = setup;
  let { table } = setup;
  for (const name of ["a", "b"]) {
    const file = dataFile(name, "A");
    await table.io.write(file.filePath, new Uint8Array(1));
    table = await table.newTransaction(environment).fastAppend([file]).commit();
  }
  await table.io.write(dataFile("new", "A").filePath, new Uint8Array(1));
  return { ...setup, table };
}

type Setup = Awaited<ReturnType<typeof opened>>;
const added = [dataFile("new", "A")];
const removed = { files: [dataFile("a", "A")] };

/** What is done to a table of files a and b, and the files that are live when it is. */
const works: readonly [string, (table: Table, setup: Setup) => Promise<Table>, readonly string[]][] = [
  [
    "a fast append",
    (t, { environment }) => t.newTransaction(environment).fastAppend(added).commit(),
    ["a", "b", "new"],
  ],
  ["a merging append", (t, { environment }) => t.newTransaction(environment).append(added).commit(), ["a", "b", "new"]],
  [
    "a change of files",
    (t, { environment }) => t.newTransaction(environment).changeFiles({ added, removed }).commit(),
    ["b", "new"],
  ],
  [
    "a rewrite of manifests",
    (t, { environment }) => t.newTransaction(environment).rewriteManifests().commit(),
    ["a", "b"],
  ],
  [
    "an expiry",
    async (t, { environment }) => (await expireSnapshots(t, { olderThan: ever, environment })).table,
    ["a", "b"],
  ],
];

/** The table after the work, whatever became of it; the outcome that was reported has to be the true one. */
async function expectHonest(setup: Setup, work: () => Promise<Table>, done: readonly string[]): Promise<unknown> {
  const before = setup.table;
  let failure: unknown;
  let reported: Table | undefined;
  try {
    reported = await work();
  } catch (error) {
    failure = error;
  }
  const after = await before.refresh();
  await expectWhole(after);
  const files = await liveFiles(after);
  const hasLanded = after.metadataLocation !== before.metadataLocation;
  expect(files).toEqual(hasLanded ? done : ["a", "b"]);
  if (reported !== undefined) expect(await liveFiles(reported)).toEqual(done);
  const { failed } = await removeOrphanFiles(after, await planOrphanFiles(after, { olderThan: ever }));
  expect(failed).toEqual([]);
  await expectWhole(after);
  return failure;
}

describe.each(works)("%s", (_, work, done) => {
  it("that fails at any write or delete leaves the table whole", async () => {
    let steps = 0;
    for (let failAt = 1; ; failAt++) {
      const setup = await opened();
      steps = 0;
      const io = steppedFileIO(setup.table.io, (step) => {
        if (++steps === failAt) throw new Error(`the disk failed ${step}`);
      });
      const { catalog, identifier, metadata, metadataLocation } = setup.table;
      const loaded = { metadata, metadataLocation, config: {}, storageCredentials: [] };
      const failing = new Table(catalog, identifier, loaded, io);
      const failure = await expectHonest(setup, () => work(failing, setup), done);
      if (steps < failAt) {
        expect(failure).toBeUndefined();
        break;
      }
    }
    expect(steps).toBeGreaterThan(0);
  });

  const landed: readonly (readonly [number, string])[] = [
    [409, "CommitFailedException"],
    [400, "ValidationException"],
  ];
  it.each(landed)(
    "that landed and is answered %i, since something on the way sent it twice, is done",
    async (status, type) => {
      const setup = await opened();
      setup.catalog.faults.push(async (land) => {
        await land();
        return refusal(status, type);
      });
      const failure = await expectHonest(setup, () => work(setup.table, setup), done);
      const after = await setup.table.refresh();
      const hasSnapshot = after.metadata.snapshots.length > setup.table.metadata.snapshots.length;
      // A refusal of what adds no snapshot is all that is known of it; done twice it comes to nothing.
      if (hasSnapshot || status === 409) expect(failure).toBeUndefined();
      else expect(failure).toMatchObject({ code: "INVALID_ARGUMENT" });
      if (hasSnapshot) expect([setup.catalog.commits.length, after.metadata.snapshots.length]).toEqual([3, 3]);
    },
  );

  const faults: readonly [string, CommitFault, string | undefined][] = [
    ["is refused", async () => refusal(403, "ForbiddenException"), "FORBIDDEN"],
    ["meets a gateway that gives up before it", async () => refusal(503, "ServiceUnavailable"), "COMMIT_STATE_UNKNOWN"],
    [
      "meets a gateway that gives up after it",
      async (land) => {
        await land();
        return refusal(504, "GatewayTimeout");
      },
      "COMMIT_STATE_UNKNOWN",
    ],
    [
      "never arrives",
      async () => {
        throw new Error("connection reset");
      },
      "COMMIT_STATE_UNKNOWN",
    ],
    [
      "lands, and its answer is lost",
      async (land) => {
        await land();
        throw new Error("connection reset");
      },
      "COMMIT_STATE_UNKNOWN",
    ],
    [
      "is answered with something else",
      async (land) => {
        await land();
        return new Response("<html>", { status: 200 });
      },
      "COMMIT_STATE_UNKNOWN",
    ],
  ];
  it.each(faults)("whose commit %s reports what is known, and leaves the table whole", async (__, fault, code) => {
    const setup = await opened();
    setup.catalog.faults.push(fault);
    const failure = await expectHonest(setup, () => work(setup.table, setup), done);
    const after = await setup.table.refresh();
    const hasSnapshot = after.metadata.snapshots.length > setup.table.metadata.snapshots.length;
    // A commit whose snapshot is found is known to have landed; one without a snapshot can only be unknown.
    if (hasSnapshot) expect(failure).toBeUndefined();
    else expect(isIcebergError(failure) && failure.code).toBe(code);
    expect(setup.catalog.commits.length).toBeLessThanOrEqual(3);
  });
});

it("a commit of two snapshots that landed is known by the second, where the first has expired before anybody looked", async () => {
  const setup = await opened();
  const { environment, table } = setup;
  setup.catalog.faults.push(async (land) => {
    await land();
    const elsewhere = await loadTable(setup.catalog.another, table.identifier, table.io);
    await expireSnapshots(elsewhere, { retainLast: 1, olderThan: ever, environment });
    throw new Error("connection reset");
  });
  const more = dataFile("more", "A");
  const committed = await table.newTransaction(environment).fastAppend(added).fastAppend([more]).commit();
  expect(committed.metadata.snapshots).toHaveLength(1);
  expect(await liveFiles(committed)).toEqual(["a", "b", "more", "new"]);
});

describe("a commit to a table as it was before its files were expired", () => {
  const outdated = async () => {
    const setup = await opened();
    const { environment, table } = setup;
    const rewritten = await table.newTransaction(environment).rewriteManifests().commit();
    await expireSnapshots(rewritten, { retainLast: 1, olderThan: ever, environment });
    await expect(table.scan().plan()).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    return setup;
  };

  it("begins again from the table as it is", async () => {
    const { environment, table } = await outdated();
    const committed = await table.newTransaction(environment).append(added).commit();
    await expectWhole(committed);
    expect(await liveFiles(committed)).toEqual(["a", "b", "new"]);
  });

  it("is a conflict for whoever decides about conflicts, and was to commit on top of what it knew", async () => {
    const { environment, table, locations } = await outdated();
    const before = [...locations];
    const appending = table.newTransaction(environment).append(added).commit({ onConflict: "fail" });
    await expect(appending).rejects.toMatchObject({
      code: "COMMIT_CONFLICT",
      message: expect.stringContaining("other commits came first"),
    });
    expect([...locations]).toEqual(before);
  });

  it("is refused where it was computed from rows, since nobody knows any more what happened to these", async () => {
    const { environment, table, locations } = await outdated();
    const before = [...locations];
    const conflicts = { from: table.currentSnapshot()?.snapshotId, isolation: "snapshot" } as const;
    const change = table.newTransaction(environment).changeFiles({ added, removed, conflicts });
    await expect(change.commit()).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      message: expect.stringContaining("is not in the table's history any more"),
    });
    expect([...locations]).toEqual(before);
  });

  it("fails where files of the table as it is are missing", async () => {
    const { environment, table } = await opened();
    await table.io.delete(table.currentSnapshot()?.manifestList ?? "");
    const appending = table.newTransaction(environment).append(added).commit();
    await expect(appending).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  });
});
