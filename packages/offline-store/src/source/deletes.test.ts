import type { Table } from "@icecore/iceberg-catalog";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pullRows } from "../pull/pull.ts";
import { attachTables } from "../query/attach-tables.ts";
import { appendRows } from "../testing/append-rows.ts";
import { equalityDeletes, positionDeletes } from "../testing/delete-rows.ts";
import { TestProject } from "../testing/test-project.ts";
import { viewOf } from "../testing/views.ts";
import { latest } from "./pin.ts";

let project: TestProject;
beforeAll(async () => {
  project = await TestProject.open();
});
afterAll(() => project[Symbol.asyncDispose]());

const view = (name: string) =>
  viewOf({
    name,
    partitionBy: "none",
    features: [
      { name: "count", type: "long" },
      { name: "text", type: "string" },
    ],
  });

interface TestRow {
  readonly id: bigint;
  readonly count: bigint | null;
  readonly text: string | null;
}

const sqlOf = (rows: readonly TestRow[]) => {
  const tuple = ({ id, count, text }: TestRow) =>
    `(${id}, ${count ?? "NULL"}, ${text === null ? "NULL" : `'${text}'`})`;
  return `SELECT id::BIGINT AS driver_id, make_timestamptz(id) AS event_timestamp, NULL::TIMESTAMPTZ AS created, count::BIGINT AS count, text::VARCHAR AS text
    FROM (VALUES ${rows.map(tuple).join(", ")}) t(id, count, text)`;
};

/** The rows a query sees, by id. */
async function seen(name: string): Promise<readonly bigint[]> {
  await using session = await project.database.connect();
  const find = async (_: string, table: string) => ({
    table: await project.project.loadTable(table),
    defaults: new Map(),
  });
  await attachTables(session, `SELECT * FROM ${name}`, latest, find);
  return (await session.rows(`SELECT driver_id FROM ${name} ORDER BY 1`)).map((row) => row["driver_id"] as bigint);
}

const newestFile = async (table: Table) => {
  const { tasks } = await table.scan().plan();
  const newest = tasks.reduce((a, b) => (a.dataSequenceNumber > b.dataSequenceNumber ? a : b));
  return newest.dataFile;
};

/** What a step of a table's life does. */
type Step =
  | { readonly kind: "append"; readonly rows: readonly Omit<TestRow, "id">[] }
  /** Deletes rows of the file that was appended last, by position. */
  | { readonly kind: "position"; readonly positions: readonly number[] }
  | {
      readonly kind: "equality";
      readonly columns: readonly ("count" | "text")[];
      readonly values: Omit<TestRow, "id">;
    };

const values = fc.record({ count: fc.constantFrom(null, 1n, 2n), text: fc.constantFrom(null, "a", "b") });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("append" as const), rows: fc.array(values, { minLength: 1, maxLength: 6 }) }),
  fc.record({ kind: fc.constant("position" as const), positions: fc.uniqueArray(fc.nat(5), { minLength: 1 }) }),
  fc.record({
    kind: fc.constant("equality" as const),
    columns: fc.subarray(["count", "text"] as const, { minLength: 1 }),
    values,
  }),
);

/** A table and what should be in it. */
class Life {
  readonly #definition: ReturnType<typeof view>;
  #live: TestRow[] = [];
  #lastFile: readonly TestRow[] = [];
  #nextId = 1n;

  constructor(definition: ReturnType<typeof view>) {
    this.#definition = definition;
  }

  get ids(): readonly bigint[] {
    return this.#live.map((row) => row.id);
  }

  take(action: Step): Promise<void> {
    switch (action.kind) {
      case "append":
        return this.#append(action.rows);
      case "position":
        return this.#deletePositions(action.positions);
      case "equality":
        return this.#deleteEqual(action.columns, action.values);
    }
  }

  async #append(rows: readonly Omit<TestRow, "id">[]): Promise<void> {
    this.#lastFile = rows.map((row) => ({ ...row, id: this.#nextId++ }));
    await appendRows(project, this.#definition, sqlOf(this.#lastFile));
    this.#live.push(...this.#lastFile);
  }

  async #deletePositions(positions: readonly number[]): Promise<void> {
    const table = await project.table(this.#definition);
    const deletes = await positionDeletes(project.session, table, await newestFile(table), positions);
    await table
      .newTransaction()
      .changeFiles({ addedDeletes: [deletes] })
      .commit();
    const gone = positions.map((position) => this.#lastFile[position]?.id);
    this.#live = this.#live.filter((row) => !gone.includes(row.id));
  }

  async #deleteEqual(columns: readonly ("count" | "text")[], { count, text }: Omit<TestRow, "id">): Promise<void> {
    const table = await project.table(this.#definition);
    const all = {
      count: `${count ?? "NULL"}::BIGINT AS count`,
      text: `${text === null ? "NULL" : `'${text}'`}::VARCHAR AS text`,
    };
    const sql = `SELECT ${columns.map((column) => all[column]).join(", ")}`;
    const deletes = await equalityDeletes(project.session, table, await newestFile(table), sql);
    await table
      .newTransaction()
      .changeFiles({ addedDeletes: [deletes] })
      .commit();
    const same = { count, text };
    this.#live = this.#live.filter((row) => !columns.every((column) => row[column] === same[column]));
  }
}

describe("tables with delete files", () => {
  it("are read without the rows that are deleted, whatever the order of appends and deletes", async () => {
    let number = 0;
    const steps = fc.array(step, { minLength: 1, maxLength: 8 });
    const isRight = async (actions: readonly Step[]) => {
      const definition = view(`deletes_${number++}`);
      await project.apply(definition);
      const life = new Life(definition);
      await life.take({ kind: "append", rows: [{ count: 1n, text: "a" }] });
      for (const action of actions) await life.take(action);
      expect(await seen(definition.name)).toEqual(life.ids);
      await using session = await project.database.connect();
      await using pulled = await pullRows(session, definition, await project.table(definition));
      expect(pulled.rows.count).toBe(life.ids.length);
    };
    await fc.assert(fc.asyncProperty(steps, isRight), { numRuns: 40 });
  }, 60_000);

  it("are read right where rows were deleted by a column that was renamed, or dropped, since", async () => {
    const definition = view("renamed");
    await project.apply(definition);
    await appendRows(project, definition, sqlOf([1n, 2n, 3n].map((id) => ({ id, count: id, text: `t${id}` }))));
    const table = await project.table(definition);
    const file = await newestFile(table);
    const byCount = await equalityDeletes(project.session, table, file, "SELECT 2::BIGINT AS count");
    const byText = await equalityDeletes(project.session, table, file, "SELECT 't3' AS text");
    await table
      .newTransaction()
      .changeFiles({ addedDeletes: [byCount, byText] })
      .commit();
    await (await project.table(definition))
      .newTransaction()
      .updateSchema((update) => update.renameColumn("count", "total"))
      .commit();
    expect(await seen("renamed")).toEqual([1n]);
    await (await project.table(definition))
      .newTransaction()
      .updateSchema((update) => update.dropColumn("text"))
      .commit();
    expect(await seen("renamed")).toEqual([1n]);
  });
});
