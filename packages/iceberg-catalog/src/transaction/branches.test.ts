import { describe, expect, it } from "vitest";
import { equalTo } from "../expr/predicate.ts";
import type { Table } from "../table.ts";
import { type CommitFault, refusal } from "../testing/faulty-catalog.ts";
import { dataFile, fileNames, liveFiles, type TestTable, testTable } from "../testing/test-table.ts";

const head = (table: Table, ref = "main") => table.snapshotByRef(ref).snapshotId;

/** A table with file "a" on main, and a branch "audit" at the same snapshot. */
async function branched(properties: Readonly<Record<string, string>> = {}): Promise<TestTable> {
  const setup = await testTable(properties);
  const { environment } = setup;
  const one = await setup.table
    .newTransaction(environment)
    .fastAppend([dataFile("a", "A")])
    .commit();
  return { ...setup, table: await one.newTransaction(environment).createBranch("audit", head(one)).commit() };
}

const append = ({ table, environment }: TestTable, name: string, branch?: string) =>
  table
    .newTransaction(environment)
    .fastAppend([dataFile(name, "A")], branch === undefined ? {} : { branch })
    .commit();

describe("a commit to a branch", () => {
  it("moves that branch alone, on top of its own snapshots, and requires that it has not moved", async () => {
    const setup = await branched();
    const main = head(setup.table);
    const first = await append(setup, "b", "audit");
    const second = await append({ ...setup, table: first }, "c", "audit");
    expect(await liveFiles(second, "audit")).toEqual(["a", "b", "c"]);
    expect(await liveFiles(second)).toEqual(["a"]);
    expect(second.currentSnapshot()?.snapshotId).toBe(main);
    expect(second.snapshotByRef("audit")).toMatchObject({ parentSnapshotId: head(first, "audit") });
    expect(second.snapshotByRef("audit").summary.properties["total-data-files"]).toBe("3");
    expect(JSON.parse(setup.catalog.commits.at(-1) ?? "").requirements).toEqual([
      { type: "assert-table-uuid", uuid: setup.table.metadata.tableUuid },
      { type: "assert-ref-snapshot-id", ref: "audit", "snapshot-id": expect.anything() },
    ]);
    expect(setup.catalog.commits.at(-1)).toContain(String(head(first, "audit")));
  });

  it("overwrites, merges and rewrites there too", async () => {
    const setup = await branched();
    const { environment } = setup;
    const change = (table: Table) => table.newTransaction(environment);
    let table = await change(setup.table)
      .append([dataFile("b", "A")], { branch: "audit" })
      .commit();
    table = await change(table)
      .changeFiles({ branch: "audit", added: [dataFile("c", "A")], removed: { files: [dataFile("b", "A")] } })
      .commit();
    const from = table.snapshotByRef("audit");
    const rewrite = { removed: [dataFile("a", "A"), dataFile("c", "A")], added: [dataFile("ac", "A")], from };
    table = await change(table)
      .rewriteFiles({ ...rewrite, branch: "audit" })
      .commit();
    expect(await liveFiles(table, "audit")).toEqual(["ac"]);
    expect(await liveFiles(table)).toEqual(["a"]);
  });

  it("begins a branch that is not there where main is, keeps retention, and refuses a tag", async () => {
    const setup = await branched();
    const { environment } = setup;
    const created = await append(setup, "b", "fresh");
    expect(await liveFiles(created, "fresh")).toEqual(["a", "b"]);
    const tagged = await created
      .newTransaction(environment)
      .createTag("t", head(created))
      .setRetention("fresh", { minSnapshotsToKeep: 3 })
      .commit();
    const kept = await append({ ...setup, table: tagged }, "c", "fresh");
    expect(kept.metadata.refs["fresh"]).toMatchObject({ minSnapshotsToKeep: 3 });
    await expect(append({ ...setup, table: kept }, "d", "t")).rejects.toThrow('"t" is a tag');
  });

  it("checks conflicts in the history of the branch, not in main's", async () => {
    const setup = await branched();
    const { environment, table } = setup;
    const conflicts = { from: head(table), filter: equalTo("carrier", "A"), isolation: "serializable" } as const;
    const change = () =>
      table
        .newTransaction(environment)
        .changeFiles({ branch: "audit", removed: { files: [dataFile("a", "A")] }, conflicts })
        .commit();
    await append(setup, "onMain");
    const changed = await change();
    expect(await liveFiles(changed, "audit")).toEqual([]);
    await changed.newTransaction(environment).replaceBranch("audit", head(table)).commit();
    await append({ ...setup, table: await table.refresh() }, "onAudit", "audit");
    await expect(change()).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
  });

  it("meets a commit to another branch, which took its sequence number, and lands after it", async () => {
    const setup = await branched();
    await append(setup, "b");
    const table = await append(setup, "c", "audit");
    expect(await liveFiles(table, "audit")).toEqual(["a", "c"]);
    expect(await liveFiles(table)).toEqual(["a", "b"]);
    expect(table.metadata.snapshots.map(({ sequenceNumber }) => sequenceNumber)).toEqual([1n, 2n, 3n]);
    expect(setup.environment.sleeps).toHaveLength(1);
  });

  it("takes 400 for a conflict where another commit took its sequence number, and for final elsewhere", async () => {
    const badRequest: CommitFault = async () => refusal(400, "ValidationException");
    const setup = await branched();
    setup.catalog.faults.push(badRequest);
    await expect(append(setup, "b", "audit")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await append(setup, "c");
    setup.catalog.faults.push(badRequest);
    expect(await liveFiles(await append(setup, "d", "audit"), "audit")).toEqual(["a", "d"]);
  });

  it("whose outcome is unknown has landed when its snapshot is there", async () => {
    const setup = await branched();
    setup.catalog.faults.push(async (land) => {
      await land();
      throw new Error("connection reset");
    });
    expect(await liveFiles(await append(setup, "b", "audit"), "audit")).toEqual(["a", "b"]);
    setup.catalog.faults.push(async () => {
      throw new Error("connection reset");
    });
    const before = fileNames(setup.locations, ".avro");
    await expect(append({ ...setup, table: await setup.table.refresh() }, "c", "audit")).rejects.toMatchObject({
      code: "COMMIT_STATE_UNKNOWN",
    });
    expect(fileNames(setup.locations, ".avro")).toHaveLength(before.length + 2);
  });
});
