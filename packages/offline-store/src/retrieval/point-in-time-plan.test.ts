import { featureType } from "@icecore/feature-registry";
import { fieldId, type Schema, schemaId } from "@icecore/iceberg-catalog";
import { describe, expect, it } from "vitest";
import { driverStats, requestOf } from "../testing/views.ts";
import { explainPlan } from "./explain-plan.ts";
import { type PlanOptions, planPointInTime, type TimeBins, type ViewScan } from "./point-in-time-plan.ts";
import { distinctKeyColumns, keyPredicate, type SlotSet } from "./slot-set.ts";
import { binMicros } from "./time-bins.ts";
import { beginningOfTime, visibleWindow } from "./visible-window.ts";

const range = { fromMicros: 1_000_000_000n, toMicros: 2_000_000_000n };
const schema: Schema = {
  schemaId: schemaId(0),
  identifierFieldIds: [],
  fields: driverStats.features.map(({ name, type }, index) => ({
    id: fieldId(index + 1),
    name,
    required: false,
    type: featureType(type) ?? { kind: "string" },
  })),
};
const gigabyte = 10n ** 9n;

const slotSet = (keys: bigint, rowsPerKey: number): SlotSet => ({
  keyColumns: ["driver_id"],
  keys,
  rowsPerKey,
  values: [{ kind: "range", from: 1n, to: 1_000n }],
});

function scanOf(rows: bigint, bins?: TimeBins): ViewScan {
  const tasks = rows === 0n ? [] : [{} as ViewScan["tasks"][number]];
  const files = { kept: tasks.length, pruned: 103 };
  return {
    request: requestOf(driverStats),
    schema,
    tasks,
    report: { manifests: { total: 9, skipped: 7 }, files, bytes: { kept: 1_500_000n, pruned: 90n } },
    rows,
    visibleRows: rows / 2n,
    firstMicros: range.fromMicros,
    bins,
  };
}

interface Facts extends PlanOptions {
  readonly lookups: bigint;
  readonly keys?: bigint;
  readonly rowsPerKey?: number;
  readonly features: bigint;
  readonly bins?: TimeBins;
  readonly memory?: bigint;
}

function planOf({ lookups, keys = lookups, rowsPerKey = 1, features, bins, memory = gigabyte, ...options }: Facts) {
  const spine = {
    columns: [],
    timestampColumn: "event_timestamp",
    rows: lookups,
    range: lookups === 0n ? undefined : range,
  };
  return planPointInTime(
    spine,
    [slotSet(keys, rowsPerKey)],
    [scanOf(features, bins)],
    { memoryBytes: memory },
    options,
  );
}

const strategyOf = (facts: Facts) => {
  const strategy = planOf(facts).views[0]?.strategy;
  if (strategy === undefined) throw new Error("there is one view");
  const { why, ...decided } = strategy;
  return decided;
};

describe("the window that a spine can see", () => {
  it("reaches back by the ttl, or to the beginning, and never before it", () => {
    expect(visibleWindow(undefined, 5)).toBeUndefined();
    expect(visibleWindow({ fromMicros: 100n, toMicros: 200n }, 1)).toEqual({ fromMicros: -999_900n, toMicros: 200n });
    expect(visibleWindow(range, undefined)?.fromMicros).toBe(beginningOfTime);
    expect(visibleWindow(range, Number.MAX_SAFE_INTEGER)?.fromMicros).toBe(beginningOfTime);
  });
});

describe("the choice of a join", () => {
  it("is none where nothing can match", () => {
    expect(strategyOf({ lookups: 0n, features: 1_000n })).toEqual({ name: "nothing" });
    expect(strategyOf({ lookups: 10n, features: 0n })).toEqual({ name: "nothing" });
  });

  it("is a slot join by key where few lookups share one", () => {
    expect(strategyOf({ lookups: 1_000n, features: 1_000_000n })).toEqual({
      name: "slot-join",
      passes: 1,
      fetch: "at-once",
      carry: false,
    });
  });

  it("compares times first where many rows fall to a lookup, if they alone tell the row", () => {
    const facts = { lookups: 100_000n, keys: 40_000n, rowsPerKey: 3, features: 1_600_000n };
    expect(strategyOf(facts)).toMatchObject({ fetch: "afterwards", carry: true });
    expect(strategyOf({ ...facts, filterByCreatedTimestamp: true })).toMatchObject({ fetch: "at-once" });
  });

  it("is a slot join by key and time where bins tell lookups apart, and an ASOF join where they do not", () => {
    const crowded = { lookups: 100_000n, keys: 100n, rowsPerKey: 1_000, features: 10_000_000n };
    const bins = { micros: 5n, rowsPerBin: 2 };
    expect(strategyOf({ ...crowded, bins })).toMatchObject({
      name: "slot-join",
      binMicros: 5n,
      carry: true,
    });
    expect(strategyOf({ ...crowded, bins: { micros: 5n, rowsPerBin: 900 }, memory: 100n * gigabyte })).toEqual({
      name: "asof-join",
      passes: 1,
      semiJoin: true,
    });
  });

  it("is an ASOF join where the spine is not small beside the features, unless rows are seen when they were created", () => {
    const even = { lookups: 1_000_000n, keys: 200_000n, rowsPerKey: 5, features: 1_000_000n };
    expect(strategyOf(even)).toEqual({ name: "asof-join", passes: 1, semiJoin: false });
    expect(strategyOf({ ...even, filterByCreatedTimestamp: true })).toMatchObject({ name: "slot-join" });
  });

  it("divides the work by keys until each part fits into memory, as far as there are keys", () => {
    const large = { lookups: 10_000_000n, features: 100_000_000n };
    expect(strategyOf({ ...large, memory: 64n * gigabyte })).toMatchObject({ passes: 1 });
    expect(strategyOf({ ...large, memory: 2n * gigabyte })).toMatchObject({ passes: 5 });
    expect(strategyOf({ ...large, keys: 3n, memory: 1n })).toMatchObject({ passes: 3 });
  });
});

describe("time bins", () => {
  it("are as long as a key's rows are apart, counted from where the features begin", () => {
    const bins = (set: SlotSet, files = scanOf(10n)) => binMicros(1_000n, set, files, range);
    expect(bins(slotSet(10n, 100))).toBe(10_000_000n);
    expect(bins(slotSet(1_000n, 1))).toBeUndefined();
    expect(bins(slotSet(10n, 100), { ...scanOf(10n), firstMicros: undefined })).toBeUndefined();
    expect(bins(slotSet(10n, 100), { ...scanOf(10n), firstMicros: 3_000_000_000n })).toBeUndefined();
  });
});

describe("the keys of a spine", () => {
  it("say which files can matter, by each join key of the view", () => {
    const request = requestOf(driverStats);
    const few: SlotSet = { ...slotSet(2n, 1), values: [{ kind: "few", values: [1n, 7n] }] };
    expect(keyPredicate(few, request)).toEqual({ op: "in", column: "driver_id", values: [1n, 7n] });
    expect(keyPredicate(slotSet(9n, 1), request)).toMatchObject({ op: "and", left: { op: "gt-eq", value: 1n } });
  });

  it("are shared between views that are joined by the same columns", () => {
    const own = requestOf(driverStats);
    const other = { ...own, keyColumns: ["partner_id"] };
    expect(distinctKeyColumns([own, other, { ...own, name: "again" }])).toEqual([["driver_id"], ["partner_id"]]);
  });
});

describe("the explanation of a plan", () => {
  it("says what is read and pruned, which join, and what was found", () => {
    const bins = { micros: 5_000_000n, rowsPerBin: 2 };
    const plan = planOf({ lookups: 9_000_000n, keys: 100n, rowsPerKey: 90_000, features: 100_000_000n, bins });
    expect(explainPlan({ ...plan, actual: { views: [{ matched: 1n, answered: 20n }] } })).toMatchInlineSnapshot(`
      "point-in-time join of 9000000 spine rows from 1970-01-01T00:16:40.000Z to 1970-01-01T00:33:20.000Z
        by driver_id: about 100 keys, 90000.0 rows for the key of a row
        driver_stats at snapshot none
          reads 1 data file, 1.5 MB; pruned: 103 data files, 90 B, and 7 of 9 manifests unread
          because only rows matter from 1969-12-31T00:16:40.000Z to 1970-01-01T00:33:20.000Z, with driver_id between 1 and 1000
          columns: driver_id, event_timestamp, created, trips, rate, city
          slot-join in 11 parts by key hash: the spine is hashed and 100000000 feature rows stream past it 11 times, a part of the keys each, whatever the ttl: their times first, and then the newest rows; about 90000 rows of the spine share a key, so they are told apart by bins of 5.00 s
          estimated: 50000000 visible rows of 100000000 in the files; found: 1 row that match first, 20 lookups answered"
    `);
  });
});
