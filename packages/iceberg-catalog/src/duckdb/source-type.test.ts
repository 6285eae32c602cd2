import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Database } from "./database.ts";
import { quotedIdentifier } from "./quote.ts";
import type { Session } from "./session.ts";
import { mapScalars, parseSourceType, type SourceType, sourceTypeText } from "./source-type.ts";

let database: Database;
let session: Session;
beforeAll(async () => {
  database = await Database.open();
  session = await database.connect();
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const scalars = [
  "INTEGER",
  "VARCHAR",
  "DECIMAL(9,2)",
  "TIMESTAMP WITH TIME ZONE",
  "TIME WITH TIME ZONE",
  "TIMESTAMP_NS",
  "BLOB",
  "ENUM('a', 'b,)''[x')",
  'UNION(n INTEGER, "t ""x" VARCHAR)',
];
const names = ["a", "b c", 'd"e', "select", "STRUCT(", "TIMESTAMP", "ü", "f,g)", "[1]", "x y z"];

const { type } = fc.letrec<{ type: SourceType }>((tie) => ({
  type: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(...scalars).map((name): SourceType => ({ kind: "scalar", name })),
    fc
      .uniqueArray(fc.record({ name: fc.constantFrom(...names), type: tie("type") }), {
        minLength: 1,
        maxLength: 3,
        selector: ({ name }) => name,
      })
      .map((members): SourceType => ({ kind: "struct", members })),
    tie("type").map((element): SourceType => ({ kind: "list", element })),
    fc.tuple(tie("type"), tie("type")).map(([key, value]): SourceType => ({ kind: "map", key, value })),
  ),
}));

it("takes apart what DuckDB says of any type", async () => {
  const property = fc.asyncProperty(type, async (wanted) => {
    const [column] = await session.describe(`SELECT CAST(NULL AS ${sourceTypeText(wanted)}) AS c`);
    expect(parseSourceType(column?.type ?? "")).toEqual(wanted);
  });
  await fc.assert(property, { numRuns: 200 });
});

it("knows arrays for lists, and rows without names", async () => {
  const [row, array] = await session.describe("SELECT row(1, now()) AS r, [1, 2]::INTEGER[2] AS a");
  const [integer, zoned] = ["INTEGER", "TIMESTAMP WITH TIME ZONE"].map((name) => ({ kind: "scalar", name }));
  expect(parseSourceType(row?.type ?? "")).toEqual({
    kind: "struct",
    members: [
      { name: undefined, type: integer },
      { name: undefined, type: zoned },
    ],
  });
  expect(parseSourceType(array?.type ?? "")).toEqual({ kind: "list", element: integer });
});

it("changes what is not nested, wherever it is", () => {
  const changed = mapScalars(parseSourceType('STRUCT("a b" JSON[], m MAP(JSON, INTEGER))'), (name) =>
    name === "JSON" ? "VARCHAR" : name,
  );
  expect(sourceTypeText(changed)).toBe(
    `STRUCT(${quotedIdentifier("a b")} VARCHAR[], ${quotedIdentifier("m")} MAP(VARCHAR, INTEGER))`,
  );
});
