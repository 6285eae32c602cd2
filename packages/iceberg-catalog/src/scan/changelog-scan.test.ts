import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equalTo } from "../expr/predicate.ts";
import { type SnapshotId, snapshotId } from "../spec/ids.ts";
import type { DataFile, FileContent } from "../spec/manifest.ts";
import type { Table } from "../table.ts";
import { commitSnapshot } from "../testing/commit-snapshot.ts";
import { dataFile, testTable } from "../testing/test-table.ts";
import type { ChangelogTask } from "./changelog-task.ts";

const deletes = (name: string, carrier: string, content: FileContent = "equality-deletes"): DataFile => ({
  ...dataFile(name, carrier),
  content,
});
const nameOf = ({ filePath }: DataFile) => filePath.replace(/^.*\/(.*)\.parquet$/, "$1");
const current = (table: Table) => table.currentSnapshot()?.snapshotId as SnapshotId;

/** A task in a line: `1 deleted-rows a [e] after [p]`. */
function line(task: ChangelogTask): string {
  const list = (files: readonly DataFile[]) => `[${files.map(nameOf).sort().join(" ")}]`;
  const head = `${task.changeOrdinal} ${task.kind} ${nameOf(task.dataFile)}`;
  switch (task.kind) {
    case "added-rows":
      return `${head} without ${list(task.deletes)}`;
    case "deleted-data-file":
      return `${head} after ${list(task.existingDeletes)}`;
    case "deleted-rows":
      return `${head} ${list(task.addedDeletes)} after ${list(task.existingDeletes)}`;
  }
}

describe("a changelog scan", () => {
  it("tells what every snapshot did, oldest first, deletions before additions", async () => {
    const { table, environment } = await testTable();
    const [a, b, c] = [dataFile("a", "AA"), dataFile("b", "BB"), dataFile("c", "AA")];
    const appended = await table.newTransaction(environment).fastAppend([a, b]).commit();
    const upserted = await appended
      .newTransaction(environment)
      .changeFiles({ added: [c], addedDeletes: [deletes("e", "AA"), deletes("p", "AA", "position-deletes")] })
      .commit();
    const again = await upserted
      .newTransaction(environment)
      .changeFiles({ addedDeletes: [deletes("e2", "AA")] })
      .commit();
    const removed = await again
      .newTransaction(environment)
      .changeFiles({ removed: { files: [a, b] } })
      .commit();
    const { tasks, toSnapshotId, schema } = await removed.changelogScan();
    expect(tasks.map(line)).toEqual([
      "0 added-rows a without []",
      "0 added-rows b without []",
      "1 deleted-rows a [e p] after []",
      "1 added-rows c without [p]",
      "2 deleted-rows c [e2] after [p]",
      "2 deleted-rows a [e2] after [e p]",
      "3 deleted-data-file a after [e e2 p]",
      "3 deleted-data-file b after []",
    ]);
    expect(tasks.map((task) => task.snapshotId)).toEqual(
      [appended, appended, upserted, upserted, again, again, removed, removed].map(current),
    );
    expect(toSnapshotId).toBe(current(removed));
    expect(schema).toBe(removed.schema);
    const part = await removed.changelogScan({ from: current(appended), to: current(upserted) });
    expect(part.tasks.map(line)).toEqual(["0 deleted-rows a [e p] after []", "0 added-rows c without [p]"]);
    const filtered = await removed.changelogScan({ filter: equalTo("carrier", "BB") });
    expect(filtered.tasks.map(line)).toEqual(["0 added-rows b without []", "3 deleted-data-file b after []"]);
  });

  it("passes over snapshots that only moved rows", async () => {
    const { table, environment } = await testTable();
    const first = await table
      .newTransaction(environment)
      .fastAppend([dataFile("a", "AA")])
      .commit();
    const replaced = await commitSnapshot(first, environment, "replace", [dataFile("moved", "AA")]);
    const last = await replaced
      .newTransaction(environment)
      .fastAppend([dataFile("b", "AA")])
      .commit();
    const { tasks } = await last.changelogScan({ from: current(first) });
    expect(tasks.map(line)).toEqual(["0 added-rows b without []"]);
  });

  it("holds older deletes against an added file that is older than its snapshot", async () => {
    const { table, environment } = await testTable();
    const first = await table
      .newTransaction(environment)
      .fastAppend([dataFile("a", "AA")])
      .commit();
    const deleted = await first
      .newTransaction(environment)
      .changeFiles({ addedDeletes: [deletes("e", "AA")] })
      .commit();
    const dataSequenceNumber = first.currentSnapshot()?.sequenceNumber;
    const old = await commitSnapshot(deleted, environment, "overwrite", [dataFile("old", "AA")], {
      ...(dataSequenceNumber && { dataSequenceNumber }),
    });
    const { tasks } = await old.changelogScan({ from: current(deleted) });
    expect(tasks.map(line)).toEqual(["0 added-rows old without [e]"]);
  });

  it("refuses a start that is not an ancestor: rolled back or unknown", async () => {
    const { first, second, environment } = await twoAppends();
    const rolledBack = await second.newTransaction(environment).setCurrentSnapshot(current(first)).commit();
    await expect(rolledBack.changelogScan({ from: current(second) })).rejects.toMatchObject(refused);
    await expect(second.changelogScan({ from: snapshotId(5n) })).rejects.toMatchObject(refused);
    await expect(second.changelogScan({ to: snapshotId(5n) })).rejects.toMatchObject(refused);
  });

  it("refuses to begin where history has expired, and says what to do instead", async () => {
    const { first, second, environment } = await twoAppends();
    const gone = { snapshots: [first.snapshot(current(first))], refs: [] };
    const expired = await second
      .newTransaction(environment)
      .removeSnapshots(() => gone)
      .commit();
    await expect(expired.changelogScan({ from: current(first) })).rejects.toThrow("read the table in full");
    await expect(expired.changelogScan()).rejects.toMatchObject(refused);
  });

  it("of nothing has nothing", async () => {
    const { table } = await testTable();
    expect(await table.changelogScan()).toEqual({ schema: table.schema, tasks: [] });
    const { second } = await twoAppends();
    expect((await second.changelogScan({ from: current(second) })).tasks).toEqual([]);
  });
});

const refused = { code: "SNAPSHOT_NOT_FOUND" };

async function twoAppends() {
  const { table, environment } = await testTable();
  const first = await table
    .newTransaction(environment)
    .fastAppend([dataFile("a", "AA")])
    .commit();
  const second = await first
    .newTransaction(environment)
    .fastAppend([dataFile("b", "AA")])
    .commit();
  return { first, second, environment };
}

/** A commit of the model: which files come, which go, and which rows are deleted how. */
interface Step {
  readonly added: readonly { readonly carrier: string; readonly keys: readonly number[] }[];
  readonly removed: readonly number[];
  readonly equality: readonly { readonly carrier: string; readonly keys: readonly number[] }[];
  readonly positions: readonly { readonly carrier: string; readonly rows: readonly number[] }[];
}

const carrier = fc.constantFrom("AA", "BB");
const keys = fc.array(fc.nat(3), { minLength: 1, maxLength: 3 });
const few = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { maxLength: 2 });
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    added: few(fc.record({ carrier, keys })),
    removed: few(fc.nat(9)),
    equality: few(fc.record({ carrier, keys })),
    positions: few(fc.record({ carrier, rows: fc.array(fc.nat(2), { minLength: 1, maxLength: 2 }) })),
  }),
  { minLength: 1, maxLength: 5 },
);

interface Known {
  readonly file: DataFile;
  readonly age: number;
}

/** Rows kept in memory under the paths that manifests name: what an engine would read there. */
class Model {
  readonly keysOf = new Map<string, readonly number[]>();
  readonly deletedBy = new Map<string, (path: string, position: number, key: number) => boolean>();
  data: Known[] = [];
  deletes: Known[] = [];

  /** The rows that a reader sees, straight from the specification's sentence on which deletes apply. */
  visible(): string[] {
    return this.data.flatMap(({ file, age }) => {
      const applying = this.deletes.filter((del) => {
        const isInReach = del.file.content === "equality-deletes" ? age < del.age : age <= del.age;
        return isInReach && del.file.partition[0] === file.partition[0];
      });
      return this.rows(
        file,
        applying.map((del) => del.file),
      );
    });
  }

  rows({ filePath }: DataFile, without: readonly DataFile[], onlyIn?: readonly DataFile[]): string[] {
    const isIn = (files: readonly DataFile[], position: number, key: number) =>
      files.some((file) => this.deletedBy.get(file.filePath)?.(filePath, position, key));
    return (this.keysOf.get(filePath) ?? []).flatMap((key, position) =>
      isIn(without, position, key) || (onlyIn && !isIn(onlyIn, position, key)) ? [] : [`${filePath}#${position}`],
    );
  }

  apply(visible: ReadonlySet<string>, task: ChangelogTask): Set<string> {
    const after = new Set(visible);
    const remove = (rows: readonly string[]) => {
      for (const row of rows) expect(after.delete(row), `${row} was there`).toBe(true);
    };
    switch (task.kind) {
      case "added-rows":
        for (const row of this.rows(task.dataFile, task.deletes)) after.add(row);
        break;
      case "deleted-data-file":
        remove(this.rows(task.dataFile, task.existingDeletes));
        break;
      case "deleted-rows":
        remove(this.rows(task.dataFile, task.existingDeletes, task.addedDeletes));
        break;
    }
    return after;
  }
}

/** Carries a step out on the model and gives what is to be committed. */
function step(model: Model, { added, removed, equality, positions }: Step, age: number) {
  const addedFiles = added.map(({ carrier: of, keys: rows }, i) => {
    const file = dataFile(`d${age}-${i}`, of);
    model.keysOf.set(file.filePath, rows);
    return file;
  });
  const equalityFiles = equality.map(({ carrier: of, keys: gone }, i) => {
    const file = deletes(`e${age}-${i}`, of);
    model.deletedBy.set(file.filePath, (_, __, key) => gone.includes(key));
    return file;
  });
  const removedFiles = [...new Set(removed.map((n) => model.data[n % Math.max(1, model.data.length)]))].flatMap(
    (known) => (known === undefined ? [] : [known.file]),
  );
  model.data = [
    ...model.data.filter(({ file }) => !removedFiles.includes(file)),
    ...addedFiles.map((file) => ({ file, age })),
  ];
  const positionFiles = positions.map(({ carrier: of, rows }, i) => {
    const file = deletes(`p${age}-${i}`, of, "position-deletes");
    const paths = new Set(
      model.data.filter((known) => known.file.partition[0] === of).map((known) => known.file.filePath),
    );
    model.deletedBy.set(file.filePath, (path, position) => paths.has(path) && rows.includes(position));
    return file;
  });
  model.deletes.push(...[...equalityFiles, ...positionFiles].map((file) => ({ file, age })));
  return { added: addedFiles, removed: { files: removedFiles }, addedDeletes: [...equalityFiles, ...positionFiles] };
}

it("turns what was seen before every snapshot into what is seen after it, whatever happened", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      const { table, environment } = await testTable();
      const model = new Model();
      let now = table;
      const seen: Set<string>[] = [new Set()];
      for (const [i, change] of history.entries()) {
        now = await now
          .newTransaction(environment)
          .changeFiles(step(model, change, i + 1))
          .commit();
        seen.push(new Set(model.visible()));
      }
      const { tasks } = await now.changelogScan();
      for (const [ordinal, before] of seen.slice(0, -1).entries()) {
        const changes = tasks.filter((task) => task.changeOrdinal === ordinal);
        expect(changes.reduce((visible, task) => model.apply(visible, task), before)).toEqual(seen[ordinal + 1]);
      }
    }),
    { numRuns: 60 },
  );
});
