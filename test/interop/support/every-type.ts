import type { Shape } from "./columns.ts";

/** A column of every primitive type that Spark has. */
export const primitiveColumns: Readonly<Record<string, Shape>> = {
  id: "long",
  a_boolean: "boolean",
  an_int: "int",
  a_long: "long",
  a_float: "float",
  a_double: "double",
  a_decimal: "decimal(9, 2)",
  a_long_decimal: "decimal(18, 4)",
  a_wide_decimal: "decimal(38, 10)",
  a_date: "date",
  a_timestamp: "timestamp",
  a_timestamptz: "timestamptz",
  a_string: "string",
  a_uuid: "uuid",
  a_binary: "binary",
};

/** The least, the greatest, zero, what lies before 1970, odd text, and nothing. */
const rows: readonly (readonly string[])[] = [
  [
    "1::BIGINT",
    "true",
    "-2147483648",
    "(-9223372036854775807 - 1)",
    "'nan'::FLOAT",
    "'nan'::DOUBLE",
    "14.20",
    "-12345678901234.5678",
    "1234567890123456789012345678.9012345678",
    "DATE '1969-12-31'",
    "TIMESTAMP '1969-12-31 23:59:59.999999'",
    "TIMESTAMPTZ '1969-12-31 23:59:59.999999+00'",
    "'iceberg'",
    "'f79c3e09-677c-4bbd-a479-3f349cb785e7'::UUID",
    "from_hex('00010203')",
  ],
  [
    "2",
    "false",
    "2147483647",
    "9223372036854775807",
    "'-0.0'::FLOAT",
    "'-0.0'::DOUBLE",
    "-9999999.99",
    "99999999999999.9999",
    "-0.0000000001",
    "DATE '1900-02-28'",
    "TIMESTAMP '1900-02-28 23:00:00'",
    "TIMESTAMPTZ '1582-10-10 12:00:00+00'",
    "'a/b=c %20+?#&:'",
    "'00000000-0000-0000-0000-000000000000'::UUID",
    "from_hex('FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF')",
  ],
  [
    "3",
    "true",
    "34",
    "9007199254740993",
    "'inf'::FLOAT",
    "5e-324::DOUBLE",
    "0.01",
    "0.0001",
    "0",
    "DATE '2024-02-29'",
    "TIMESTAMP '2017-11-16 22:31:08.123456'",
    "TIMESTAMPTZ '9999-12-31 23:59:59.999999+00'",
    "repeat('Ünï 🛫 ', 5)",
    "'ffffffff-ffff-ffff-ffff-ffffffffffff'::UUID",
    "''::BLOB",
  ],
  [
    "4",
    "NULL",
    "-1",
    "-1",
    "3.4028235e38::FLOAT",
    "'-inf'::DOUBLE",
    "0",
    "-0.0001",
    "-1",
    "DATE '0001-01-01'",
    "TIMESTAMP '0001-01-01 00:00:00'",
    "TIMESTAMPTZ '1970-01-01 00:00:00+00'",
    "''",
    "'80000000-0000-0000-0000-000000000001'::UUID",
    "from_hex('80')",
  ],
];

const names = Object.keys(primitiveColumns);
const tuples = [
  ...rows.map((row) => `(${row.join(", ")})`),
  `(5, ${names
    .slice(1)
    .map(() => "NULL")
    .join(", ")})`,
];

/** The SELECT that gives five rows of {@link primitiveColumns}. */
export const primitiveRows = `SELECT * REPLACE (a_decimal::DECIMAL(9, 2) AS a_decimal, a_long_decimal::DECIMAL(18, 4) AS a_long_decimal,
  a_wide_decimal::DECIMAL(38, 10) AS a_wide_decimal) FROM (VALUES ${tuples.join(", ")}) v(${names.join(", ")})`;
