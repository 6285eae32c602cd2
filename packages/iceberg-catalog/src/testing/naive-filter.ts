import fc from "fast-check";
import type { Predicate } from "../expr/predicate.ts";
import { compareValues } from "../spec/compare-values.ts";
import { fieldId, schemaId, specId } from "../spec/ids.ts";
import type { DataFile, Datum } from "../spec/manifest.ts";
import type { Schema } from "../spec/schema.ts";
import { defaultBoundLength, truncateString, truncateUpperString } from "../spec/truncate-bounds.ts";
import type { PrimitiveType } from "../spec/types.ts";
import { encodeValue } from "../spec/values.ts";

export type Row = Datum | null;

/** SQL's own answer for one row: true, false, or null for "unknown". NaN is in no order. */
export function naive(predicate: Predicate, row: Row): boolean | null {
  switch (predicate.op) {
    case "true":
    case "false":
      return predicate.op === "true";
    case "not": {
      const child = naive(predicate.child, row);
      return child === null ? null : !child;
    }
    case "and":
    case "or": {
      const dominant = predicate.op === "or";
      const sides = [naive(predicate.left, row), naive(predicate.right, row)];
      return sides.includes(dominant) ? dominant : sides.includes(null) ? null : !dominant;
    }
    case "is-null":
      return row === null;
    case "not-null":
      return row !== null;
    case "is-nan":
      return Number.isNaN(row);
    case "not-nan":
      return !Number.isNaN(row);
    case "in":
      return row === null ? null : predicate.values.some((value) => compare(row, value) === 0);
    case "not-in":
      return row === null ? null : !predicate.values.some((value) => compare(row, value) === 0);
    default:
      return row === null ? null : compares(predicate.op, row, predicate.value);
  }
}

const isOrder = (op: string): boolean => ["lt", "lt-eq", "gt", "gt-eq"].includes(op);

const compare = (a: Datum, b: Datum): number => (a === b ? 0 : compareValues(a, b));

function compares(op: string, row: Datum, value: Datum): boolean | null {
  if (Number.isNaN(row) && isOrder(op)) return null;
  const order = compare(row, value);
  const outcomes: Readonly<Record<string, boolean>> = {
    lt: order < 0,
    "lt-eq": order <= 0,
    gt: order > 0,
    "gt-eq": order >= 0,
    eq: order === 0,
    "not-eq": order !== 0,
    "starts-with": String(row).startsWith(String(value)),
    "not-starts-with": !String(row).startsWith(String(value)),
  };
  return outcomes[op] ?? false;
}

/** Few values, close together and around every edge, so that predicates meet bounds. */
export const domains: Readonly<Record<string, fc.Arbitrary<Datum>>> = {
  int: fc.integer({ min: -25, max: 25 }),
  long: fc.bigInt({ min: -25n, max: 25n }),
  double: fc.constantFrom(-1.5, -0, 0, 2, 3),
  date: fc.integer({ min: -800, max: 800 }),
  timestamp: fc.bigInt({ min: -30n, max: 30n }).map((quarterDays) => quarterDays * 21_600_000_000n - 1n),
  "decimal(9,2)": fc.bigInt({ min: -120n, max: 120n }),
  string: fc.string({ unit: fc.constantFrom("a", "b", "\uffff", "\u{1f600}"), maxLength: 20 }),
};

export const transformsOf: Readonly<Record<string, readonly string[]>> = {
  int: ["identity", "bucket[3]", "truncate[10]", "void"],
  long: ["identity", "bucket[3]", "truncate[10]"],
  double: ["identity"],
  date: ["identity", "year", "month", "day", "bucket[3]"],
  timestamp: ["year", "month", "day", "hour"],
  "decimal(9,2)": ["truncate[50]", "bucket[3]"],
  string: ["identity", "truncate[2]", "bucket[3]"],
};

export function predicates(domain: fc.Arbitrary<Datum>, name: string): fc.Arbitrary<Predicate> {
  const column = "x";
  const comparisons = ["lt", "lt-eq", "gt", "gt-eq", "eq", "not-eq"] as const;
  const prefixes = ["starts-with", "not-starts-with"] as const;
  const leaves: fc.Arbitrary<Predicate>[] = [
    fc.record({ op: fc.constantFrom(...comparisons), column: fc.constant(column), value: domain }),
    fc.record({
      op: fc.constantFrom("in" as const, "not-in" as const),
      column: fc.constant(column),
      values: fc.array(domain, { maxLength: 3 }),
    }),
    fc.record({ op: fc.constantFrom("is-null" as const, "not-null" as const), column: fc.constant(column) }),
  ];
  if (name === "string") {
    leaves.push(fc.record({ op: fc.constantFrom(...prefixes), column: fc.constant(column), value: domain }));
  }
  if (name === "double") {
    leaves.push(fc.record({ op: fc.constantFrom("is-nan" as const, "not-nan" as const), column: fc.constant(column) }));
  }
  return fc.letrec<{ node: Predicate }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      ...leaves,
      fc.record({ op: fc.constant("not" as const), child: tie("node") }),
      fc.record({ op: fc.constantFrom("and" as const, "or" as const), left: tie("node"), right: tie("node") }),
    ),
  })).node;
}

export const schemaOf = (type: PrimitiveType): Schema => ({
  schemaId: schemaId(0),
  identifierFieldIds: [],
  fields: [{ id: fieldId(1), name: "x", required: false, type }],
});

/** A data file whose statistics are as a good writer has them, or partly left out. */
export function fileOf(type: PrimitiveType, rows: readonly Row[], withCounts: boolean): DataFile {
  const numbers = rows.filter((row): row is Datum => row !== null && !Number.isNaN(row)).sort(compareValues);
  const [lower, upper] = [numbers[0], numbers.at(-1)];
  const one = <V>(value: V | undefined) => (value === undefined ? {} : { map: new Map([[fieldId(1), value]]) });
  const cut = (value: Datum | undefined, truncate: (text: string, length: number) => string | undefined) =>
    typeof value === "string" ? truncate(value, Math.min(3, defaultBoundLength)) : value;
  const lowerBound = one(encoded(type, cut(lower, truncateString))).map;
  const upperBound = one(encoded(type, cut(upper, truncateUpperString))).map;
  const count = (predicate: (row: Row) => boolean) =>
    new Map([[fieldId(1), BigInt(rows.filter(predicate).length)]] as const);
  return {
    content: "data",
    filePath: "f",
    fileFormat: "parquet",
    specId: specId(0),
    partition: [],
    recordCount: BigInt(rows.length),
    fileSizeInBytes: 1n,
    ...(withCounts && {
      valueCounts: count(() => true),
      nullValueCounts: count((row) => row === null),
      nanValueCounts: count(Number.isNaN),
    }),
    ...(lowerBound && { lowerBounds: lowerBound }),
    ...(upperBound && { upperBounds: upperBound }),
  };
}

const encoded = (type: PrimitiveType, value: Datum | undefined) =>
  value === undefined ? undefined : encodeValue(type, value);

/** Values of one column: mostly of the domain, now and then null, and NaN where there is such. */
export function rowValues(name: string): fc.Arbitrary<Row> {
  return fc.oneof(
    { weight: 6, arbitrary: domains[name] as fc.Arbitrary<Datum> },
    { weight: 1, arbitrary: fc.constant(null) },
    ...(name === "double" ? [{ weight: 2, arbitrary: fc.constant(Number.NaN) }] : []),
  );
}
