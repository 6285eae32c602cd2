import type { Datum, Predicate } from "@icecore/iceberg-catalog";

/** A filter over one column: as our planner takes it, and as `prune.py` does. */
export interface Filter {
  readonly ours: Predicate;
  readonly python: { readonly op: string; readonly column: string; readonly value?: string };
}

const micros = (iso: string, fraction = 0n): bigint => BigInt(Date.parse(iso)) * 1000n + fraction;
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const text = (value: string): readonly [string, Datum] => [value, value];

/** Literals to compare each column with: as text, and as the value they mean. Some are in the rows, some are not. */
const literals: Readonly<Record<string, readonly (readonly [text: string, value: Datum])[]>> = {
  a_boolean: [["true", true]],
  an_int: [
    ["34", 34],
    ["-2147483648", -(2 ** 31)],
    ["-1", -1],
    ["-2", -2],
    ["100", 100],
  ],
  a_long: [
    ["9007199254740993", 9007199254740993n],
    ["-1", -1n],
    ["-9223372036854775808", -(2n ** 63n)],
    ["35", 35n],
  ],
  a_float: [
    ["0.5", 0.5],
    ["-1", -1],
    ["0", 0],
  ],
  a_double: [
    ["0.1", 0.1],
    ["0", 0],
    ["-1e300", -1e300],
  ],
  a_decimal: [
    ["14.20", 1420n],
    ["-14.20", -1420n],
    ["0.02", 2n],
  ],
  a_wide_decimal: [
    ["1234567890123456789012345678.9012345678", 12345678901234567890123456789012345678n],
    ["0.0000000001", 1n],
  ],
  a_date: [
    ["2017-11-16", 17486],
    ["1969-12-31", -1],
    ["1900-01-01", -25567],
    ["2017-01-01", 17167],
  ],
  a_time: [
    ["22:31:08.123456", 81068123456n],
    ["12:00:00", 43200000000n],
  ],
  a_timestamp: [
    ["2017-11-16T22:31:08.123456", micros("2017-11-16T22:31:08.123Z", 456n)],
    ["1969-12-31T23:59:59.999999", -1n],
    ["2017-11-16T22:00:00", micros("2017-11-16T22:00:00Z")],
  ],
  a_timestamptz: [
    ["2017-11-16T22:31:08.123456+00:00", micros("2017-11-16T22:31:08.123Z", 456n)],
    ["1969-12-31T23:59:59.999999+00:00", -1n],
    ["1970-01-01T00:00:00+00:00", 0n],
  ],
  a_string: [text("iceberg"), text("a/b=c %20"), text("Ü"), text("\uffff\uffff"), text("ice"), text("")],
  a_uuid: [text("f79c3e09-677c-4bbd-a479-3f349cb785e7"), text("80000000-0000-0000-0000-000000000000")],
  a_fixed: [
    ["00010203", bytes("00010203")],
    ["80000000", bytes("80000000")],
    ["7f000000", bytes("7f000000")],
  ],
  a_binary: [
    ["00010203", bytes("00010203")],
    ["80", bytes("80")],
    ["ffffffff", bytes("ffffffff")],
  ],
};

const comparisons = ["eq", "not-eq", "lt", "lt-eq", "gt", "gt-eq"] as const;
const prefixes = ["starts-with", "not-starts-with"] as const;
const nullTests = ["is-null", "not-null"] as const;

/** Every kind of filter there is over a column. */
export function filtersOf(column: string): readonly Filter[] {
  const values = literals[column] ?? [];
  const operations = column === "a_boolean" ? comparisons.slice(0, 2) : comparisons;
  return [
    ...nullTests.map((op) => ({ ours: { op, column }, python: { op, column } })),
    ...[...operations, ...(column === "a_string" ? prefixes : [])].flatMap((op) =>
      values.map(([value, datum]) => ({ ours: { op, column, value: datum }, python: { op, column, value } })),
    ),
  ];
}

export const filteredColumns = Object.keys(literals);
