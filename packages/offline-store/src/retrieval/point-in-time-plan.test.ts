import { schemaId } from "@icecore/iceberg-catalog";
import { describe, expect, it } from "vitest";
import { driverStats, requestOf } from "../testing/views.ts";
import {
  beginningOfTime,
  distinctKeyColumns,
  planPointInTime,
  type ViewScan,
  visibleWindow,
} from "./point-in-time-plan.ts";

const report = { manifests: { total: 0, skipped: 0 }, files: { kept: 0, pruned: 0 }, bytes: { kept: 0n, pruned: 0n } };
const schema = { schemaId: schemaId(0), identifierFieldIds: [], fields: [] };
const range = { fromMicros: 100n, toMicros: 200n };

describe("the window that a spine can see", () => {
  it("reaches back by the ttl, or to the beginning, and never before it", () => {
    expect(visibleWindow(undefined, 5)).toBeUndefined();
    expect(visibleWindow(range, 1)).toEqual({ fromMicros: -999_900n, toMicros: 200n });
    expect(visibleWindow(range, undefined)).toEqual({ fromMicros: beginningOfTime, toMicros: 200n });
    expect(visibleWindow(range, Number.MAX_SAFE_INTEGER)).toEqual({ fromMicros: beginningOfTime, toMicros: 200n });
  });
});

describe("the choice of a join", () => {
  const strategy = (spineRows: bigint, keys: bigint, featureRows: bigint) => {
    const task = { dataFile: { recordCount: featureRows } } as ViewScan["tasks"][number];
    const tasks = featureRows === 0n ? [] : [task];
    const scan: ViewScan = { request: requestOf(driverStats), schema, tasks, report };
    const spine = {
      columns: [],
      timestampColumn: "event_timestamp",
      rows: spineRows,
      range: spineRows === 0n ? undefined : range,
    };
    return planPointInTime(spine, [{ keyColumns: ["driver_id"], keys }], [scan]).views[0]?.strategy.name;
  };

  it.each([
    ["nothing", 0n, 1n, 1_000n],
    ["nothing", 10n, 5n, 0n],
    ["slot-join", 1_000n, 1_000n, 1_000_000n],
    ["slot-join", 100_000n, 10_000n, 1_000_000n],
    ["slot-join", 10n, 0n, 10n],
    ["asof-join", 1_000_000n, 100n, 1_000_000n],
    ["asof-join", 1_000_000n, 1_000n, 1_000_000n],
  ] as const)("is %s for %d rows of %d keys against %d", (name, rows, keys, features) => {
    expect(strategy(rows, keys, features)).toBe(name);
  });

  it("shares lookups between views that are joined by the same columns", () => {
    const own = requestOf(driverStats);
    const other = { ...own, keyColumns: ["partner_id"] };
    expect(distinctKeyColumns([own, other, { ...own, name: "again" }])).toEqual([["driver_id"], ["partner_id"]]);
  });
});
