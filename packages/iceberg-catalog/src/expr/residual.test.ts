import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyTransform } from "../spec/apply-transform.ts";
import { fieldId, partitionFieldId, specId } from "../spec/ids.ts";
import type { DataFile, Datum } from "../spec/manifest.ts";
import type { PartitionSpec } from "../spec/partition-spec.ts";
import { parseTransform } from "../spec/transform.ts";
import { type PrimitiveType, parsePrimitive } from "../spec/types.ts";
import {
  domains,
  fileOf,
  naive,
  predicates,
  type Row,
  rowValues,
  schemaOf,
  transformsOf,
} from "../testing/naive-filter.ts";
import { alwaysMatches } from "./always-matches.ts";
import { bind } from "./bind.ts";
import { strictColumnRange } from "./known-ranges.ts";
import type { Predicate } from "./predicate.ts";
import { fileResidual, partitionResidual, unbind } from "./residual.ts";

const specOf = (transform: string): PartitionSpec => ({
  specId: specId(0),
  fields: [{ sourceId: fieldId(1), fieldId: partitionFieldId(1000), name: "p", transform: parseTransform(transform) }],
});

/** Whether the row is in the answer: neither false nor unknown. */
const isIn = (predicate: Predicate, row: Row): boolean => naive(predicate, row) === true;

describe.each(Object.keys(domains))("what is left of a filter on %s", (name) => {
  const type = parsePrimitive(name) as PrimitiveType;
  const schema = schemaOf(type);
  const domain = domains[name] as fc.Arbitrary<Datum>;
  const rows = fc.array(rowValues(name), { minLength: 1, maxLength: 4 });
  const cases = { numRuns: 1000 };

  it.each(transformsOf[name] ?? [])("keeps the same rows of a partition by %s", (transform) => {
    const spec = specOf(transform);
    fc.assert(
      fc.property(predicates(domain, name), rowValues(name), (predicate, row) => {
        const residualOf = partitionResidual(bind(predicate, schema), spec);
        for (const partition of partitionsOf(transform, type, row)) {
          expect(isIn(unbind(residualOf([partition])), row)).toBe(isIn(predicate, row));
        }
      }),
      cases,
    );
  });

  it("keeps the same rows of a file with statistics", () => {
    fc.assert(
      fc.property(predicates(domain, name), rows, fc.boolean(), (predicate, values, withCounts) => {
        const residual = unbind(fileResidual(bind(predicate, schema), fileOf(type, values, withCounts)));
        for (const row of values) expect(isIn(residual, row)).toBe(isIn(predicate, row));
      }),
      cases,
    );
  });

  it("is nothing only where all rows match", () => {
    fc.assert(
      fc.property(predicates(domain, name), rows, (predicate, values) => {
        const file = fileOf(type, values, true);
        if (!alwaysMatches(bind(predicate, schema), (term) => strictColumnRange(file, term))) return;
        for (const row of values) expect(isIn(predicate, row)).toBe(true);
      }),
      cases,
    );
  });
});

/** The row's partition, and the one that writers of old put it into: times before 1970 rounded toward zero. */
function partitionsOf(text: string, type: PrimitiveType, row: Row): readonly (Datum | null)[] {
  const right = applyTransform(parseTransform(text), type, row);
  const roundsTime = ["year", "month", "day", "hour"].includes(text) && !(type.kind === "date" && text === "day");
  return roundsTime && typeof right === "number" && right < 0 ? [right, right + 1] : [right];
}

describe("a residual", () => {
  const timestamps = schemaOf({ kind: "timestamp" });
  const day = 86_400_000_000n;
  const week: Predicate = {
    op: "and",
    left: { op: "gt-eq", column: "x", value: 10n * day },
    right: { op: "lt", column: "x", value: 17n * day + 1n },
  };
  const left = (predicate: Predicate, transform: string, partition: Datum | null) =>
    unbind(partitionResidual(bind(predicate, timestamps), specOf(transform))([partition]));

  it("is nothing where the partition guarantees the filter, and what it leaves open where it does not", () => {
    expect(left(week, "day", 10)).toEqual({ op: "true" });
    expect(left(week, "day", 16)).toEqual({ op: "true" });
    expect(left(week, "day", 17)).toEqual(week.op === "and" && week.right);
    expect(left(week, "day", 9)).toEqual({ op: "false" });
    expect(left(week, "day", null)).toEqual({ op: "false" });
    expect(left(week, "month", 0)).toEqual(week);
  });

  it("rules values out by their bucket", () => {
    const longs = schemaOf({ kind: "long" });
    const bucket = applyTransform(parseTransform("bucket[16]"), { kind: "long" }, 34n) as number;
    const residual = (predicate: Predicate, partition: number) =>
      unbind(partitionResidual(bind(predicate, longs), specOf("bucket[16]"))([partition]));
    const other = (bucket + 1) % 16;
    expect(residual({ op: "eq", column: "x", value: 34n }, other)).toEqual({ op: "false" });
    expect(residual({ op: "not-eq", column: "x", value: 34n }, other)).toEqual({ op: "true" });
    expect(residual({ op: "eq", column: "x", value: 34n }, bucket)).toMatchObject({ op: "eq" });
  });

  it("never trusts bounds that may be cut off", () => {
    const strings = schemaOf({ kind: "string" });
    const cut = new TextEncoder().encode("0123456789abcdef");
    const file: DataFile = {
      ...fileOf({ kind: "string" }, ["0123456789abcdef and more"], true),
      lowerBounds: new Map([[fieldId(1), cut]]),
      // As writers have it that cut upper bounds off without rounding them up.
      upperBounds: new Map([[fieldId(1), cut]]),
    };
    const equal: Predicate = { op: "eq", column: "x", value: "0123456789abcdef" };
    expect(unbind(fileResidual(bind(equal, strings), file))).toEqual(equal);
  });

  it("never trusts truncated partitions that have wrapped around", () => {
    const longs = schemaOf({ kind: "long" });
    const smallest = -(2n ** 63n);
    const spec = specOf("truncate[10]");
    const partition = applyTransform(parseTransform("truncate[10]"), { kind: "long" }, smallest);
    for (const predicate of [
      { op: "gt", column: "x", value: 5n },
      { op: "gt-eq", column: "x", value: 5n },
      { op: "lt", column: "x", value: smallest + 1n },
    ] as const) {
      const residual = unbind(partitionResidual(bind(predicate, longs), spec)([partition]));
      expect(isIn(residual, smallest)).toBe(isIn(predicate, smallest));
    }
    const lessThanSmallest: Predicate = { op: "lt", column: "x", value: smallest + 1n };
    expect(isIn(unbind(partitionResidual(bind(lessThanSmallest, longs), spec)([0n])), 3n)).toBe(false);
  });
});
