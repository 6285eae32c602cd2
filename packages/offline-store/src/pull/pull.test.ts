import { equalTo, type SnapshotId, type Table } from "@icecore/iceberg-catalog";
import { deleteRows, rewriteDataFiles } from "@icecore/iceberg-catalog/duckdb";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appendRows } from "../testing/append-rows.ts";
import { type HeldRow, HeldRows } from "../testing/held-rows.ts";
import { moments } from "../testing/point-in-time-cases.ts";
import { type FeatureRow, isNewer } from "../testing/point-in-time-oracle.ts";
import { pulledRowsOf } from "../testing/pulled-rows-of.ts";
import { type Cell, rowsSql } from "../testing/rows-sql.ts";
import { TestProject } from "../testing/test-project.ts";
import { viewOf } from "../testing/views.ts";
import { type Pull, pullRows } from "./pull.ts";

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
const featureRows = fc.array(featureRow, { minLength: 1, maxLength: 8 });

const cellsOf = (row: FeatureRow): readonly Cell[] => [...row.keys, row.time, row.created, ...row.values];

const rankOf = ({ keys, time, created }: FeatureRow): readonly Cell[] => [...keys, time, created];

/** The newest row of each pair of keys, by the keys. */
function newestOf(rows: readonly FeatureRow[]): readonly FeatureRow[] {
  const newest = new Map<string, FeatureRow>();
  for (const row of rows) {
    const key = row.keys.join("/");
    const best = newest.get(key);
    if (best === undefined || isNewer(row, best)) newest.set(key, row);
  }
  return [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

/** The table has one answer for rows that tie in both timestamps; a store has the one that came last. */
function expectNewest(held: readonly HeldRow[], rows: readonly FeatureRow[]): void {
  expect(held.map((row) => row.slice(0, 4))).toEqual(newestOf(rows).map(rankOf));
  for (const row of held) expect(rows.map(cellsOf)).toContainEqual(row);
}

type Step =
  | { readonly do: "append"; readonly rows: readonly FeatureRow[] }
  | { readonly do: "delete"; readonly driver: bigint; readonly mode: "copy-on-write" | "merge-on-read" }
  | { readonly do: "correct"; readonly count: bigint }
  | { readonly do: "compact" }
  | { readonly do: "roll back"; readonly by: number }
  | { readonly do: "pull"; readonly isInterrupted: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("append" as const), rows: featureRows }) },
  fc.record({
    do: fc.constant("delete" as const),
    driver: fc.constantFrom(1n, 2n),
    mode: fc.constantFrom("copy-on-write" as const, "merge-on-read" as const),
  }),
  fc.record({ do: fc.constant("correct" as const), count: fc.constantFrom(1n, 2n) }),
  fc.constant({ do: "compact" as const }),
  fc.record({ do: fc.constant("roll back" as const), by: fc.nat(2) }),
  { weight: 3, arbitrary: fc.record({ do: fc.constant("pull" as const), isInterrupted: fc.boolean() }) },
);

/** A feature view's table, and the rows it should have at each snapshot. */
class History {
  readonly subject: ReturnType<typeof view>;
  readonly #states: { readonly id: SnapshotId | undefined; readonly rows: readonly FeatureRow[] }[] = [];
  rows: readonly FeatureRow[] = [];

  constructor(name: string) {
    this.subject = view(name);
  }

  async take(step: Exclude<Step, { readonly do: "pull" }>): Promise<void> {
    const table = await project.table(this.subject);
    const { session } = project;
    switch (step.do) {
      case "append":
        await appendRows(project, this.subject, rowsSql(types, step.rows.map(cellsOf)));
        this.rows = [...this.rows, ...step.rows];
        break;
      case "delete":
        await deleteRows(session, table, equalTo("driver_id", step.driver), { mode: step.mode });
        this.rows = this.rows.filter(({ keys }) => keys[1] !== step.driver);
        break;
      case "correct":
        await deleteRows(session, table, equalTo("count", step.count));
        this.rows = this.rows.filter(({ values }) => values[0] !== step.count);
        break;
      case "compact":
        await rewriteDataFiles(session, table, { minInputFiles: 1 });
        break;
      case "roll back": {
        const state = this.#states.at(-1 - step.by);
        if (state?.id === undefined || state.id === table.currentSnapshot()?.snapshotId) return;
        await table.newTransaction().setCurrentSnapshot(state.id).commit();
        this.rows = state.rows;
        break;
      }
    }
    const current = (await project.table(this.subject)).currentSnapshot();
    this.#states.push({ id: current?.snapshotId, rows: this.rows });
  }
}

/** A store that follows a history, and is right after each pull that was not interrupted. */
class Follower {
  readonly #history: History;
  readonly #held: HeldRows;
  #since: SnapshotId | undefined;
  #begun: readonly SnapshotId[] = [];

  constructor(history: History) {
    this.#history = history;
    this.#held = new HeldRows(history.subject);
  }

  async pull(isInterrupted: boolean): Promise<void> {
    const { subject, rows } = this.#history;
    const table = await project.table(subject);
    await using pull = await pullRows(project.session, subject, table, this.#since, this.#begun);
    await this.#held.apply(pull, isInterrupted);
    if (isInterrupted) {
      this.#begun = pull.snapshotId === undefined ? this.#begun : [...this.#begun, pull.snapshotId];
    } else {
      [this.#since, this.#begun] = [pull.snapshotId, []];
      expectNewest(this.#held.sorted(), rows);
    }
  }
}

describe("what is pulled", () => {
  it("keeps a store equal to the table, whatever happens to it", async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 9 }), async (steps) => {
        const history = new History(`latest_${number++}`);
        await project.apply(history.subject);
        const follower = new Follower(history);
        for (const each of [...steps, { do: "pull", isInterrupted: false } as const]) {
          if (each.do === "pull") await follower.pull(each.isInterrupted);
          else await history.take(each);
        }
      }),
      { numRuns: 12 },
    );
  });

  it("is all rows, also against a store that holds others, when the last materialized snapshot is gone", async () => {
    const history = new History("expired");
    await project.apply(history.subject);
    const row = (driver: bigint, time: bigint): FeatureRow => ({
      keys: ["SFO", driver],
      time,
      created: 0n,
      values: [time, null],
    });
    await history.take({ do: "append", rows: [row(1n, 1n), row(2n, 2n)] });
    const held = new HeldRows(history.subject);
    await held.apply(await pull(history));
    await history.take({ do: "delete", driver: 2n, mode: "copy-on-write" });
    const gone = await pull(history, 42n as SnapshotId);
    expect(gone).toMatchObject({
      mode: "full",
      reason: "snapshot 42, the last one materialized, is no longer in the table's history",
    });
    held.put(["SFO", 3n, 9n, gone.mode === "full" ? gone.committedAt + 1n : 0n, 9n, null]);
    await held.apply(gone);
    expect(held.sorted().map((cells) => cells[1])).toEqual([1n, 3n]);
  });

  it("is the rows of entities that changed, of as many as did", async () => {
    const history = new History("few");
    await project.apply(history.subject);
    const rows = Array.from(
      { length: 100 },
      (_, driver): FeatureRow => ({
        keys: ["SFO", BigInt(driver)],
        time: 1n,
        created: 0n,
        values: [BigInt(driver % 10), null],
      }),
    );
    await history.take({ do: "append", rows });
    const since = (await project.table(history.subject)).currentSnapshot()?.snapshotId;
    await history.take({ do: "delete", driver: 7n, mode: "copy-on-write" });
    await history.take({ do: "append", rows: rows.slice(0, 3) });
    await history.take({ do: "compact" });
    const changes = await pull(history, since);
    expect(changes.rows.count).toBe(3);
    expect(changes.mode === "incremental" && changes.corrections?.count).toBe(1);
  });

  it("is nothing of an empty table", async () => {
    const subject = view("empty");
    await project.apply(subject);
    await using nothing = await pullRows(project.session, subject, await project.table(subject));
    expect([nothing.mode, nothing.snapshotId, await pulledRowsOf(nothing.rows.batches)]).toEqual([
      "full",
      undefined,
      [],
    ]);
  });

  it("may be of the one entity of a view without join keys", async () => {
    const subject = viewOf({ name: "everywhere", joinKeys: [], features: [{ name: "count", type: "long" }] });
    await project.apply(subject);
    const { airport: _, driver_id: __, text: ___, ...columns } = types;
    const append = (time: bigint) => appendRows(project, subject, rowsSql(columns, [[time, 0n, time]]));
    await append(1n);
    const first = await append(2n);
    await using all = await pullRows(project.session, subject, await project.table(subject));
    expect(await pulledRowsOf(all.rows.batches)).toEqual([[2n, 0n, 2n]]);
    await deleteRows(project.session, await project.table(subject), equalTo("count", 2n));
    await using changes = await pullRows(project.session, subject, await project.table(subject), first?.snapshotId);
    const corrections = changes.mode === "incremental" ? changes.corrections : undefined;
    expect(corrections && (await pulledRowsOf(corrections.batches))).toEqual([[1n, 0n, 1n]]);
  });
});

async function pull({ subject }: History, since?: SnapshotId): Promise<Pull> {
  const table: Table = await project.table(subject);
  return pullRows(project.session, subject, table, since);
}
