import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { partitionSummaries } from "../manifest/partition-summaries.ts";
import { applyTransform, transformResultType } from "../spec/apply-transform.ts";
import { fieldId, partitionFieldId, schemaId, specId } from "../spec/ids.ts";
import type { Datum } from "../spec/manifest.ts";
import type { Schema } from "../spec/schema.ts";
import { parseTransform } from "../spec/transform.ts";
import { type PrimitiveType, parsePrimitive } from "../spec/types.ts";
import { domains, fileOf, naive, predicates, rowValues, schemaOf, transformsOf } from "../testing/naive-filter.ts";
import { bind } from "./bind.ts";
import { columnRange, summaryRange } from "./known-ranges.ts";
import { mightMatch } from "./might-match.ts";
import type { Predicate } from "./predicate.ts";
import { projectInclusive } from "./project.ts";
import { singleValueRange } from "./value-range.ts";

describe.each(Object.keys(domains))("pruning by %s", (name) => {
  const type = parsePrimitive(name) as PrimitiveType;
  const schema = schemaOf(type);
  const domain = domains[name] as fc.Arbitrary<Datum>;
  const rows = fc.array(rowValues(name), { minLength: 1, maxLength: 4 });
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

describe("files of NaN alone", () => {
  const schema = schemaOf({ kind: "double" });
  const file = fileOf({ kind: "double" }, [Number.NaN], true);
  const order: readonly Predicate[] = (["lt", "lt-eq", "gt", "gt-eq", "eq"] as const).map((op) => ({
    op,
    column: "x",
    value: 0,
  }));
  const might = (predicate: Predicate) => mightMatch(bind(predicate, schema), (term) => columnRange(file, term));
  it.each(order)("are not read for %o", (predicate) => {
    expect(might(predicate)).toBe(false);
    // A comparison of order is unknown for NaN, and so is its negation; being unequal is true of it.
    expect(might({ op: "not", child: predicate })).toBe(predicate.op === "eq");
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
