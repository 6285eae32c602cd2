import fc from "fast-check";
import type { Cell } from "./rows-sql.ts";
import { viewOf } from "./views.ts";

const day = 86_400_000_000n;
const year = 365n * day;

/** Between 9000 BC and 9999 AD, mostly near 1970. */
const instants = fc.oneof(
  fc.bigInt({ min: -3n * day, max: 3n * day }),
  fc.bigInt({ min: -150n * year, max: 150n * year }),
  fc.bigInt({ min: -1900n * year, max: 8000n * year }),
);
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const anyText = fc.string({ unit: "binary", maxLength: 24 }).map((text) => text.replaceAll("\0", "0"));
const edgeText = fc
  .tuple(
    fc.constantFrom("a", "é", "\u{ffff}", "\u{10ffff}", "😀", "\u{d7ff}"),
    fc.integer({ min: 14, max: 300 }),
    anyText,
  )
  .map(([character, times, tail]) => character.repeat(times) + tail);
const oddDoubles = fc.constantFrom(Number.NaN, 0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324);
const text = (micros: bigint): string => new Date(Number(micros / 1000n)).toISOString();

interface Column {
  readonly feature: string;
  readonly duckdb: string;
  readonly values: fc.Arbitrary<Cell>;
}

/** Every type a feature can have, with values that statistics get wrong when they can. */
const typedColumns: Readonly<Record<string, Column>> = {
  flag: { feature: "boolean", duckdb: "BOOLEAN", values: fc.boolean() },
  small: { feature: "int", duckdb: "INTEGER", values: fc.integer() },
  large: { feature: "long", duckdb: "BIGINT", values: int64 },
  single: { feature: "float", duckdb: "FLOAT", values: fc.oneof(fc.float(), oddDoubles.map(Math.fround)) },
  exact: { feature: "double", duckdb: "DOUBLE", values: fc.oneof(fc.double(), oddDoubles) },
  born: {
    feature: "date",
    duckdb: "DATE",
    values: fc.integer({ min: -700_000, max: 2_900_000 }).map((days) => text(BigInt(days) * day).slice(0, -14)),
  },
  clock: {
    feature: "time",
    duckdb: "TIME",
    values: fc.integer({ min: 0, max: 86_399_999 }).map((ms) => text(BigInt(ms) * 1000n).slice(11, -1)),
  },
  local: { feature: "timestamp", duckdb: "TIMESTAMP", values: instants.map((micros) => text(micros).slice(0, -1)) },
  zoned: { feature: "timestamptz", duckdb: "TIMESTAMPTZ", values: instants },
  words: { feature: "string", duckdb: "VARCHAR", values: fc.oneof(anyText, edgeText, fc.constant("")) },
  token: { feature: "uuid", duckdb: "UUID", values: fc.uuid() },
  bytes: { feature: "binary", duckdb: "BLOB", values: fc.uint8Array({ maxLength: 20 }) },
  price: {
    feature: "decimal(9, 2)",
    duckdb: "DECIMAL(9,2)",
    values: fc.integer({ min: -(10 ** 9 - 1), max: 10 ** 9 - 1 }).map((n) => (n / 100).toFixed(2)),
  },
  vast: { feature: "decimal(38, 10)", duckdb: "DECIMAL(38,10)", values: int64.map((n) => `${n}.0000000001`) },
};

/** A view of all of them, by driver. */
export const typedView = viewOf({
  name: "typed",
  features: Object.entries(typedColumns).map(([name, { feature }]) => ({ name, type: feature })),
});

export const typedRowTypes = {
  driver_id: "BIGINT",
  event_timestamp: "TIMESTAMPTZ",
  ...Object.fromEntries(Object.entries(typedColumns).map(([name, { duckdb }]) => [name, duckdb])),
};

/** Rows of the view; any column can be null throughout. */
export const typedRows: fc.Arbitrary<readonly (readonly Cell[])[]> = fc
  .array(fc.boolean(), { minLength: Object.keys(typedColumns).length, maxLength: Object.keys(typedColumns).length })
  .chain((isEmpty) =>
    fc.array(
      fc.tuple(
        int64,
        instants,
        ...Object.values(typedColumns).map(({ values }, index) =>
          isEmpty[index] && index % 3 === 0 ? fc.constant(null) : fc.option(values, { freq: 5 }),
        ),
      ),
      { minLength: 1, maxLength: 20 },
    ),
  );
