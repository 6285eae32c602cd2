import fc from "fast-check";

/** Columns of the table `wide`, and literals to compare them with: some of their own type, some of others. */
const literals: Readonly<Record<string, readonly string[]>> = {
  driver_id: ["3", "-1", "'4'", "5.0", "2.5", "7e0", "NULL", "9999999999999", "CAST('2' AS VARCHAR)"],
  event_timestamp: [
    "TIMESTAMPTZ '2026-01-03 00:00:00+00'",
    "'2026-01-02'",
    "DATE '2026-01-04'",
    "TIMESTAMP '2026-01-02 12:00:00'",
    "TIMESTAMPTZ '2026-01-05 00:00:00+02' - INTERVAL 1 DAY",
    "CAST('2026-01-03' AS DATE)",
    "'infinity'",
  ],
  trips: ["10", "-5", "'20'", "1.5", "NULL", "30::TINYINT"],
  rate: ["0", "-0.0", "1.5", "'nan'::DOUBLE", "2", "0.1::FLOAT", "-3e0"],
  fee: ["1.50", "2", "1.505", "'3.25'", "0.1e0"],
  city: ["'a'", "'ab'", "'b%'", "''", "'é'", "NULL", "'1'"],
  day: ["DATE '2026-01-02'", "'2026-01-03'", "TIMESTAMP '2026-01-02 12:00:00'", "TIMESTAMPTZ '2026-01-02 00:00:00+00'"],
  active: ["true", "'f'", "false"],
};

const columns = Object.keys(literals);
const operators = ["=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM"];

const qualified = (alias: string, column: string): string => (alias === "" ? column : `${alias}.${column}`);

const leaf = (alias: string) =>
  fc.constantFrom(...columns).chain((column) => {
    const name = qualified(alias, column);
    const literal = fc.constantFrom(...(literals[column] ?? []));
    const comparison = fc.tuple(fc.constantFrom(...operators), literal, fc.boolean());
    return fc.oneof(
      {
        weight: 5,
        arbitrary: comparison.map(([op, value, isFirst]) =>
          isFirst && op !== "IS DISTINCT FROM" ? `${value} ${op} ${name}` : `${name} ${op} ${value}`,
        ),
      },
      fc
        .tuple(literal, literal, fc.boolean())
        .map(([low, high, not]) => `${name} ${not ? "NOT " : ""}BETWEEN ${low} AND ${high}`),
      fc
        .tuple(fc.array(literal, { minLength: 1, maxLength: 3 }), fc.boolean())
        .map(([list, not]) => `${name} ${not ? "NOT " : ""}IN (${list.join(", ")})`),
      fc.boolean().map((not) => `${name} IS ${not ? "NOT " : ""}NULL`),
      fc
        .constantFrom("LIKE 'a%'", "NOT LIKE 'a%'", "LIKE '%b'", "LIKE 'a_'", "LIKE 'ab'", "ILIKE 'A%'")
        .map((like) => `${qualified(alias, "city")} ${like}`),
      fc.constant(qualified(alias, "active")),
    );
  });

/** A condition on the columns of one table. */
const condition = (alias: string): fc.Arbitrary<string> =>
  fc.letrec<{ any: string }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 3, depthIdentifier: "condition" },
      leaf(alias),
      fc.tuple(tie("any"), fc.constantFrom("AND", "OR"), tie("any")).map(([a, op, b]) => `(${a} ${op} ${b})`),
      tie("any").map((inner) => `NOT (${inner})`),
    ),
  })).any;

const joins = ["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"];

const counted = "count(*) AS n, coalesce(sum(hash(a.driver_id, a.event_timestamp, a.trips)), 0) AS h";

/** A SELECT whose result is one row that tells results apart. */
export const randomSelect: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: condition("").map((where) => `SELECT ${counted} FROM wide a WHERE ${where}`) },
  condition("a").map((where) => `SELECT ${counted} FROM wide AS a WHERE ${where}`),
  fc
    .tuple(
      fc.constantFrom(...joins),
      condition("a"),
      condition("b"),
      condition("a"),
      condition("b"),
      fc.constantFrom("AND", "OR"),
    )
    .map(
      ([join, onA, onB, whereA, whereB, op]) =>
        `SELECT ${counted}, count(b.trips) AS m FROM wide a ${join} wide b ON a.driver_id = b.driver_id AND a.event_timestamp = b.event_timestamp AND ${onA} AND ${onB} WHERE ${whereA} ${op} ${whereB}`,
    ),
  fc
    .tuple(fc.constantFrom("SEMI", "ANTI", "ASOF LEFT"), condition("b"), condition("a"))
    .map(
      ([join, on, where]) =>
        `SELECT ${counted} FROM wide a ${join} JOIN (SELECT * FROM wide b WHERE ${on}) b ON a.driver_id = b.driver_id AND a.event_timestamp >= b.event_timestamp WHERE ${where}`,
    ),
  fc
    .tuple(condition(""), condition(""))
    .map(
      ([inner, outer]) =>
        `WITH wide AS (SELECT * FROM main.wide WHERE ${inner}) SELECT ${counted} FROM wide a WHERE ${outer}`,
    ),
  fc
    .tuple(condition("a"), condition("b"))
    .map(
      ([outer, inner]) =>
        `SELECT ${counted} FROM wide a WHERE ${outer} AND EXISTS (SELECT 1 FROM wide b WHERE b.trips > a.trips AND ${inner})`,
    ),
  fc
    .tuple(condition(""), condition(""))
    .map(
      ([one, two]) =>
        `SELECT sum(n) AS n FROM (SELECT count(*) AS n FROM wide WHERE ${one} UNION ALL SELECT count(*) FROM WIDE WHERE ${two})`,
    ),
  condition("").map(
    (where) => `SELECT sum(city) AS s, count(*) AS n FROM (SELECT trips AS city FROM wide WHERE ${where})`,
  ),
  condition("a").map(
    (where) =>
      `SELECT ${counted} FROM wide a, (SELECT max(trips) AS trips FROM wide) b WHERE ${where} AND a.trips <= b.trips`,
  ),
);
