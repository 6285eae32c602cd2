import type { Table } from "@icecore/iceberg-catalog";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Filter, filteredColumns, filtersOf } from "./support/filters.ts";
import { python } from "./support/python.ts";
import { pythonRows, queryRows } from "./support/rows.ts";
import { type ServedStore, serveStore } from "./support/served-store.ts";

interface Case {
  readonly table: string;
  readonly filter: Filter;
}

/** Paths of the files that PyIceberg would open, and of those that hold rows that match. */
interface Answer {
  readonly planned: readonly string[];
  readonly matching: readonly string[];
}

let served: ServedStore;
let tables: readonly string[];
let answers: ReadonlyMap<Case, Answer>;
beforeAll(async () => {
  served = await serveStore();
  tables = await python("create_types", { uri: served.uri });
  const cases = filteredColumns.flatMap((column) =>
    [`types.everything`, ...tables.filter((table) => table.startsWith(`types.${column}_by_`))].flatMap((table) =>
      filtersOf(column).map((filter) => ({ table, filter })),
    ),
  );
  const asked = cases.map(({ table, filter }) => ({ table, ...filter.python }));
  const answered = await python<Answer[]>("prune", { uri: served.uri, cases: asked });
  answers = new Map(cases.map((filterCase, i) => [filterCase, answered[i] as Answer]));
});
afterAll(() => served?.[Symbol.asyncDispose]());

test("tables of every type and partitioning read as PyIceberg reads them", async () => {
  const { rows } = await pythonRows({ uri: served.uri, table: "types.everything" });
  expect(rows).toHaveLength(6);
  expect(tables).toHaveLength(40);
  for (const table of tables) {
    expect([table, await queryRows(served.store, `SELECT * FROM ${table}`)]).toEqual([table, rows]);
  }
});

describe("over PyIceberg's files and statistics, our planner", () => {
  const loaded = new Map<string, Promise<Table>>();
  const load = (name: string): Promise<Table> => {
    const table = loaded.get(name) ?? served.loadTable("types", name.replace("types.", ""));
    loaded.set(name, table);
    return table;
  };
  const planned = async ({ table, filter }: Case): Promise<readonly string[]> => {
    const plan = await (await load(table)).scan({ filter: filter.ours }).plan();
    return plan.tasks.map((task) => task.dataFile.filePath);
  };

  test("opens every file with a row that matches", async () => {
    for (const [filterCase, { matching }] of answers) {
      const ours = await planned(filterCase);
      expect([filterCase, matching.filter((path) => !ours.includes(path))]).toEqual([filterCase, []]);
    }
  });

  test("opens no other file that PyIceberg would not", async () => {
    const more: unknown[] = [];
    for (const [filterCase, { planned: theirs, matching }] of answers) {
      const ours = await planned(filterCase);
      const isNeedless = ours.some((path) => !theirs.includes(path) && !matching.includes(path));
      if (isNeedless) more.push([filterCase.table, filterCase.filter.python]);
    }
    expect(more).toEqual([]);
  });
});
