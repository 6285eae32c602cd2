import type { Table } from "@icecore/iceberg-catalog";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appendRows } from "../testing/append-rows.ts";
import { moments } from "../testing/point-in-time-cases.ts";
import { type FeatureRow, isNewer } from "../testing/point-in-time-oracle.ts";
import { type Cell, rowsSql } from "../testing/rows-sql.ts";
import { TestProject } from "../testing/test-project.ts";
import { viewOf } from "../testing/views.ts";
import { type LatestRows, pullLatest } from "./pull-latest.ts";

let project: TestProject;
beforeAll(async () => {
  project = await TestProject.open();
});
afterAll(() => project[Symbol.asyncDispose]());

const types = {
  airport: "VARCHAR",
  driver_id: "BIGINT",
  event_timestamp: "TIMESTAMPTZ",
  created: "TIMESTAMPTZ",
  count: "BIGINT",
  text: "VARCHAR",
};

const view = (name: string) =>
  viewOf({
    name,
    joinKeys: [
      { name: "airport", type: "string" },
      { name: "driver_id", type: "long" },
    ],
    features: [
      { name: "count", type: "long" },
      { name: "text", type: "string" },
    ],
  });

const featureRow: fc.Arbitrary<FeatureRow> = fc.record({
  keys: fc.tuple(fc.constantFrom("SFO", "JFK"), fc.constantFrom(1n, 2n)),
  time: moments,
  created: fc.option(fc.constantFrom(0n, 1n)),
  values: fc.tuple(fc.constantFrom(null, 1n, 2n), fc.constantFrom(null, "", "a")),
});

const cellsOf = (row: FeatureRow): readonly Cell[] => [...row.keys, row.time, row.created, ...row.values];

/** The newest row of each pair of keys, by the keys. */
function newestOf(rows: readonly FeatureRow[]): readonly (readonly Cell[])[] {
  const newest = new Map<string, FeatureRow>();
  for (const row of rows) {
    const key = row.keys.join("/");
    const best = newest.get(key);
    if (best === undefined || isNewer(row, best)) newest.set(key, row);
  }
  return [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => cellsOf(row));
}

async function rowsOf(latest: LatestRows): Promise<readonly (readonly unknown[])[]> {
  const rows: unknown[][] = [];
  for await (const batch of latest.batches) {
    const columns = batch.schema.names.map((name) => batch.getChild(String(name)));
    for (let row = 0; row < batch.numRows; row++) {
      rows.push(columns.map((column) => (column?.type.typeId === 10 ? micros(column, row) : column?.get(row))));
    }
  }
  expect(rows.length).toBe(latest.rowCount);
  return rows.sort((a, b) => (a.slice(0, 2).join("/") < b.slice(0, 2).join("/") ? -1 : 1));
}

type Column = NonNullable<ReturnType<import("apache-arrow").RecordBatch["getChild"]>>;

function micros(column: Column, row: number): bigint | null {
  return column.isValid(row) ? (column.data[0]?.values[row] ?? null) : null;
}

describe("the latest rows", () => {
  it("are the newest of each entity, of all that was appended since", async () => {
    let number = 0;
    const commits = fc.array(fc.array(featureRow, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(commits, fc.nat(3), async (batches, position) => {
        const subject = view(`latest_${number++}`);
        await project.apply(subject);
        const snapshots = [];
        for (const rows of batches)
          snapshots.push(await appendRows(project, subject, rowsSql(types, rows.map(cellsOf))));
        const table = await project.table(subject);
        expect(await rowsOf(await pullLatest(project.session, subject, table))).toEqual(newestOf(batches.flat()));
        const since = position % batches.length;
        const incremental = await pullLatest(project.session, subject, table, snapshots[since]?.snapshotId);
        expect(incremental.mode).toBe("incremental");
        expect(await rowsOf(incremental)).toEqual(newestOf(batches.slice(since + 1).flat()));
      }),
      { numRuns: 10 },
    );
  });

  it("are none for an empty table", async () => {
    const subject = view("empty");
    await project.apply(subject);
    const latest = await pullLatest(project.session, subject, await project.table(subject));
    expect([latest.mode, latest.snapshotId, await rowsOf(latest)]).toEqual(["full", undefined, []]);
  });

  it("are those of the whole table when the last materialized snapshot is gone, or was replaced", async () => {
    const subject = view("history");
    await project.apply(subject);
    const rows = [1n, 2n].map(
      (count): FeatureRow => ({ keys: ["SFO", count], time: count, created: 0n, values: [count, null] }),
    );
    const sql = (row: FeatureRow | undefined) => rowsSql(types, row === undefined ? [] : [cellsOf(row)]);
    const first = await appendRows(project, subject, sql(rows[0]));
    const second = await appendRows(project, subject, sql(rows[1]));
    const table = await project.table(subject);
    const unknown = await pullLatest(project.session, subject, table, 42n as never);
    expect([unknown.mode, unknown.reason]).toEqual([
      "full",
      "snapshot 42, the last one materialized, is no longer in the table's history",
    ]);
    expect(await rowsOf(unknown)).toEqual(newestOf(rows));
    const rolledBack = await table
      .newTransaction()
      .setCurrentSnapshot(first?.snapshotId as never)
      .commit();
    const afterwards = await pullLatest(project.session, subject, rolledBack, second?.snapshotId);
    expect(afterwards.mode).toBe("full");
    expect(await rowsOf(afterwards)).toEqual(newestOf(rows.slice(0, 1)));
    const replaced = await pullLatest(project.session, subject, await overwritten(table), first?.snapshotId);
    expect(replaced.mode).toBe("full");
    expect(replaced.reason).toMatch(/^snapshot \d+ did more than append$/);
    expect(await rowsOf(replaced)).toEqual(newestOf(rows));
  });
});

/** The table after another engine rewrote it: the same files in a snapshot that says `overwrite`. */
async function overwritten(table: Table): Promise<Table> {
  const fresh = await table.refresh();
  const last = table.currentSnapshot();
  if (last === undefined) throw new Error("the table has rows");
  const snapshot = {
    ...last,
    snapshotId: (last.snapshotId + 1n) as never,
    parentSnapshotId: last.snapshotId,
    sequenceNumber: (fresh.metadata.lastSequenceNumber + 1n) as never,
    timestampMs: Math.max(last.timestampMs, fresh.metadata.lastUpdatedMs) as never,
    summary: { operation: "overwrite", properties: {} } as const,
  };
  return table.at(
    await table.catalog.updateTable(table.identifier, {
      requirements: [],
      updates: [
        { action: "add-snapshot", snapshot },
        { action: "set-snapshot-ref", refName: "main", ref: { type: "branch", snapshotId: snapshot.snapshotId } },
      ],
    }),
  );
}
