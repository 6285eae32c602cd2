import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { partitionSummaries } from "../manifest/partition-summaries.ts";
import { applyTransform, transformResultType } from "../spec/apply-transform.ts";
import { compareValues } from "../spec/compare-values.ts";
import { fieldId, partitionFieldId, schemaId, specId } from "../spec/ids.ts";
import type { DataFile, Datum } from "../spec/manifest.ts";
import type { Schema } from "../spec/schema.ts";
import { parseTransform } from "../spec/transform.ts";
import { defaultBoundLength, truncateString, truncateUpperString } from "../spec/truncate-bounds.ts";
import { type PrimitiveType, parsePrimitive } from "../spec/types.ts";
import { encodeValue } from "../spec/values.ts";
import { bind } from "./bind.ts";
import { columnRange, summaryRange } from "./known-ranges.ts";
import { mightMatch } from "./might-match.ts";
import type { Predicate } from "./predicate.ts";
import { projectInclusive } from "./project.ts";
import { singleValueRange } from "./value-range.ts";

type Row = Datum | null;

/** SQL's own answer for one row: true, false, or null for "unknown". NaN is greater than every number. */
function naive(predicate: Predicate, row: Row): boolean | null {
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

const compare = (a: Datum, b: Datum): number => (a === b ? 0 : compareValues(a, b));

function compares(op: string, row: Datum, value: Datum): boolean {
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
const domains: Readonly<Record<string, fc.Arbitrary<Datum>>> = {
  int: fc.integer({ min: -25, max: 25 }),
  long: fc.bigInt({ min: -25n, max: 25n }),
  double: fc.constantFrom(-1.5, -0, 0, 2, 3),
  date: fc.integer({ min: -800, max: 800 }),
  timestamp: fc.bigInt({ min: -30n, max: 30n }).map((quarterDays) => quarterDays * 21_600_000_000n - 1n),
  "decimal(9,2)": fc.bigInt({ min: -120n, max: 120n }),
  string: fc.string({ unit: fc.constantFrom("a", "b", "\uffff", "\u{1f600}"), maxLength: 20 }),
};

const transformsOf: Readonly<Record<string, readonly string[]>> = {
  int: ["identity", "bucket[3]", "truncate[10]", "void"],
  long: ["identity", "bucket[3]", "truncate[10]"],
  double: ["identity"],
  date: ["identity", "year", "month", "day", "bucket[3]"],
  timestamp: ["year", "month", "day", "hour"],
  "decimal(9,2)": ["truncate[50]", "bucket[3]"],
  string: ["identity", "truncate[2]", "bucket[3]"],
};

function predicates(domain: fc.Arbitrary<Datum>, name: string): fc.Arbitrary<Predicate> {
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

const schemaOf = (type: PrimitiveType): Schema => ({
  schemaId: schemaId(0),
  identifierFieldIds: [],
  fields: [{ id: fieldId(1), name: "x", required: false, type }],
});

/** A data file whose statistics are as a good writer has them, or partly left out. */
function fileOf(type: PrimitiveType, rows: readonly Row[], withCounts: boolean): DataFile {
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

describe.each(Object.keys(domains))("pruning by %s", (name) => {
  const type = parsePrimitive(name) as PrimitiveType;
  const schema = schemaOf(type);
  const domain = domains[name] as fc.Arbitrary<Datum>;
  const rowValue = fc.oneof(
    { weight: 6, arbitrary: domain },
    { weight: 1, arbitrary: fc.constant(null) },
    ...(name === "double" ? [{ weight: 2, arbitrary: fc.constant(Number.NaN) }] : []),
  );
  const rows = fc.array(rowValue, { minLength: 1, maxLength: 4 });
  const cases = { numRuns: 500 };

  it("never loses a file that holds a matching row", () => {
    fc.assert(
      fc.property(predicates(domain, name), rows, fc.boolean(), (predicate, values, withCounts) => {
        const file = fileOf(type, values, withCounts);
        const might = mightMatch(bind(predicate, schema), (term) => columnRange(file, term));
        if (values.some((row) => naive(predicate, row) === true)) expect(might).toBe(true);
      }),
      cases,
    );
  });

  it.each(transformsOf[name] ?? [])("never loses a partition or a manifest under %s", (text) => {
    const transform = parseTransform(text);
    const field = { sourceId: fieldId(1), fieldId: partitionFieldId(1000), name: "p", transform };
    const spec = { specId: specId(0), fields: [field] };
    const resultType = transformResultType(transform, type) as PrimitiveType;
    fc.assert(
      fc.property(predicates(domain, name), rows, (predicate, values) => {
        const projected = projectInclusive(bind(predicate, schema), spec);
        const partitions = values.map((row) => applyTransform(transform, type, row));
        const [summary] = partitionSummaries(
          [resultType],
          partitions.map((value) => [value]),
        );
        const matching = values.filter((row) => naive(predicate, row) === true);
        for (const row of matching) {
          const partition = applyTransform(transform, type, row);
          expect(mightMatch(projected, () => singleValueRange(partition))).toBe(true);
        }
        if (matching.length > 0) expect(mightMatch(projected, (term) => summaryRange(summary, term.type))).toBe(true);
      }),
      cases,
    );
  });
});

describe("pruning does prune", () => {
  const schema = schemaOf({ kind: "long" });
  const file = fileOf({ kind: "long" }, [10n, 20n], true);
  it.each<[Predicate, boolean]>([
    [{ op: "lt", column: "x", value: 10n }, false],
    [{ op: "lt-eq", column: "x", value: 10 }, true],
    [{ op: "gt", column: "x", value: 20n }, false],
    [{ op: "eq", column: "x", value: 21n }, false],
    [{ op: "in", column: "x", values: [1n, 15n] }, true],
    [{ op: "in", column: "x", values: [1n, 25n] }, false],
    [{ op: "is-null", column: "x" }, false],
    [{ op: "not", child: { op: "gt-eq", column: "x", value: 10n } }, false],
    [{ op: "gt", column: "x", value: 2n ** 70n }, false],
    [{ op: "lt", column: "x", value: 2n ** 70n }, true],
  ])("%o: %s", (predicate, expected) => {
    expect(mightMatch(bind(predicate, schema), (term) => columnRange(file, term))).toBe(expected);
  });

  it("tolerates the rounding of old writers before 1970, but not after", () => {
    const timestamps = schemaOf({ kind: "timestamp" });
    const field = {
      sourceId: fieldId(1),
      fieldId: partitionFieldId(1000),
      name: "p",
      transform: parseTransform("day"),
    };
    const might = (value: bigint, day: number) =>
      mightMatch(
        projectInclusive(bind({ op: "eq", column: "x", value }, timestamps), { specId: specId(0), fields: [field] }),
        () => singleValueRange(day),
      );
    expect(might(-1n, -1)).toBe(true);
    expect(might(-1n, 0)).toBe(true);
    expect(might(1n, 1)).toBe(false);
  });

  it("asks nothing of a transform it does not know", () => {
    const field = {
      sourceId: fieldId(1),
      fieldId: partitionFieldId(1000),
      name: "p",
      transform: parseTransform("zorder"),
    };
    const projected = projectInclusive(bind({ op: "eq", column: "x", value: 1n }, schema), {
      specId: specId(0),
      fields: [field],
    });
    expect(projected).toEqual({ op: "true" });
  });
});

describe("binding", () => {
  const schema: Schema = {
    schemaId: schemaId(0),
    identifierFieldIds: [],
    fields: [
      { id: fieldId(1), name: "n", required: false, type: { kind: "int" } },
      {
        id: fieldId(2),
        name: "tags",
        required: false,
        type: { kind: "list", elementId: fieldId(3), element: { kind: "string" }, elementRequired: true },
      },
    ],
  };
  it.each<[Predicate, string]>([
    [{ op: "eq", column: "m", value: 1 }, 'no column "m"; the table has: n, tags'],
    [{ op: "eq", column: "n", value: "1" }, 'column "n" is int and cannot be compared with "1"'],
    [{ op: "eq", column: "n", value: Number.NaN }, "use is-nan"],
    [{ op: "is-nan", column: "n" }, "is never NaN"],
    [{ op: "is-null", column: "tags" }, "filter by a field in it"],
    [{ op: "eq", column: "tags.element", value: "x" }, "inside a list or a map"],
    [{ op: "starts-with", column: "n", value: "x" }, "has no prefix"],
  ])("refuses %o", (predicate, message) => {
    expect(() => bind(predicate, schema)).toThrow(message);
  });
});
