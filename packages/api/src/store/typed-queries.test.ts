import { defineEntity, defineFeatureView, groupDefinitions, list, struct } from "@icecore/feature-registry";
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from "vitest";
import { openEmptyStore, type TestStore } from "../http/testing/driver-store.ts";

const described = { owner: "ml", description: "For tests." };
const driver = defineEntity({ ...described, name: "driver", joinKeys: { driver_id: "long" } });
const zone = defineEntity({ ...described, name: "zone", joinKeys: { zone: "string" } });
const stats = defineFeatureView({
  ...described,
  name: "stats",
  entities: [driver, zone],
  timestampField: "at",
  partitionBy: "day",
  features: {
    trips: "int",
    total: "long",
    rating: { type: "double", default: 4.5 },
    fee: "decimal(9, 2)",
    day: "date",
    lunch: "time",
    photo: "binary",
    active: "boolean",
  },
});
const places = defineFeatureView({
  ...described,
  name: "places",
  entities: [driver],
  online: false,
  features: {
    embedding: list("float"),
    home: { type: struct({ lat: "double", at: "timestamptz", tags: list("string") }), description: "Where." },
    fees: "map<string, decimal(9, 2)>",
  },
});
const repository = { driver, zone, stats, places };
type Repository = typeof repository;

let opened: TestStore;
let first: bigint | undefined;

beforeAll(async () => {
  opened = await openEmptyStore();
  const { store } = opened;
  await store.apply(await store.plan(groupDefinitions(Object.values(repository))));
  for (const day of [1, 2, 3]) {
    await store.ingest("stats", {
      sql: `SELECT i AS driver_id, 'z' || i % 3 AS zone, TIMESTAMPTZ '2026-01-0${day} 00:00:00.123456+00' + to_hours(i) AS at,
        i::INTEGER AS trips, 9007199254740993 + i AS total, (i / 2.0)::DOUBLE AS rating, (i / 4.0 - 1)::DECIMAL(9,2) AS fee,
        DATE '1969-12-31' AS day, TIME '12:00:00.000001' AS lunch, '\\x00\\xFF'::BLOB AS photo, nullif(i % 2 = 0, true) AS active
        FROM range(4) t(i)`,
    });
    first ??= (await store.history("stats"))[0]?.snapshotId;
  }
});
afterAll(() => opened[Symbol.asyncDispose]());

const at = (...args: Parameters<typeof opened.store.at<Repository>>) => opened.store.at<Repository>(...args);

describe("queries in TypeScript", () => {
  it("have columns of the definitions' types, and their values", async () => {
    const query = at().selectFrom("stats").selectAll().where("driver_id", "=", 1n).orderBy("at").limit(1);
    const row = await query.executeTakeFirstOrThrow();
    expectTypeOf(row).toEqualTypeOf<{
      driver_id: bigint;
      zone: string;
      at: Date;
      created: Date | null;
      trips: number | null;
      total: bigint | null;
      rating: number | null;
      fee: string | null;
      day: Date | null;
      lunch: bigint | null;
      photo: Uint8Array | null;
      active: boolean | null;
    }>();
    expect({ ...row, created: null, photo: [...(row.photo ?? [])] }).toEqual({
      driver_id: 1n,
      zone: "z1",
      at: new Date("2026-01-01T01:00:00.123Z"),
      created: null,
      trips: 1,
      total: 9_007_199_254_740_994n,
      rating: 0.5,
      fee: "-0.75",
      day: new Date("1969-12-31T00:00:00Z"),
      lunch: 43_200_000_001n,
      photo: [0, 255],
      active: false,
    });
  });

  it("have nested columns as arrays, maps and objects", async () => {
    const { store } = opened;
    await store.ingest("places", {
      sql: `SELECT 1 AS driver_id, TIMESTAMPTZ '2026-01-01 00:00:00+00' AS event_timestamp, [0.5, NULL]::FLOAT[] AS embedding,
        {'lat': 1.5::DOUBLE, 'at': TIMESTAMPTZ '2026-01-01 00:00:00.5+00', 'tags': ['a', NULL]} AS home, MAP {'x': 1.5::DECIMAL(9,2)} AS fees`,
    });
    const row = await at().selectFrom("places").select(["embedding", "home", "fees"]).executeTakeFirstOrThrow();
    expectTypeOf(row).toEqualTypeOf<{
      embedding: readonly (number | null)[] | null;
      home: {
        readonly lat: number | null;
        readonly at: Date | null;
        readonly tags: readonly (string | null)[] | null;
      } | null;
      fees: ReadonlyMap<string, string | null> | null;
    }>();
    expect(row).toEqual({
      embedding: [0.5, null],
      home: { lat: 1.5, at: new Date("2026-01-01T00:00:00.500Z"), tags: ["a", null] },
      fees: new Map([["x", "1.50"]]),
    });
  });

  it("do not compile with a table or a column that is not there, or a value of another type", () => {
    const database = at();
    // @ts-expect-error no such table
    database.selectFrom("statz");
    // @ts-expect-error no such column
    database.selectFrom("stats").select("tripz");
    // @ts-expect-error text is no time
    database.selectFrom("stats").where("at", ">", 5);
    expectTypeOf(database).not.toHaveProperty("insertInto");
    expectTypeOf(database).not.toHaveProperty("deleteFrom");
  });

  it("join, group and nest", async () => {
    const rows = await at()
      .with("busy", (cte) => cte.selectFrom("stats").where("trips", ">=", 2).select(["driver_id", "trips"]))
      .selectFrom("busy")
      .innerJoin("stats as s", "s.driver_id", "busy.driver_id")
      .groupBy("busy.driver_id")
      .select((eb) => ["busy.driver_id", eb.fn.countAll<bigint>().as("n"), eb.fn.max("s.rating").as("best")])
      .orderBy("busy.driver_id", "desc")
      .execute();
    expectTypeOf(rows).toEqualTypeOf<{ driver_id: bigint; n: bigint; best: number | null }[]>();
    expect(rows).toEqual([
      { driver_id: 3n, n: 9n, best: 1.5 },
      { driver_id: 2n, n: 9n, best: 1 },
    ]);
  });

  it("read one state of every table", async () => {
    const count = async (...args: Parameters<typeof at>) =>
      (
        await at(...args)
          .selectFrom("stats")
          .select((eb) => eb.fn.countAll<bigint>().as("n"))
          .executeTakeFirstOrThrow()
      ).n;
    const { store } = opened;
    await store.tag("stats", "release");
    const [newest, middle] = await store.history("stats");
    expect(await count()).toBe(12n);
    expect(await count({ tag: "release" })).toBe(12n);
    expect(await count({ snapshots: { stats: first ?? 0n } })).toBe(4n);
    expect(await count({ asOf: middle?.committedAt ?? new Date(0) })).toBe(8n);
    expect(newest?.isCurrent).toBe(true);
  });

  it("choose files by their conditions", async () => {
    const { sql } = at()
      .selectFrom("stats")
      .select("trips")
      .where("at", "<", new Date("2026-01-02T00:00:00Z"))
      .where("zone", "in", ["z1", "z'2"])
      .where("total", ">", 2n ** 53n)
      .where((eb) => eb.or([eb("fee", "<=", "1.50"), eb("day", "is", null)]))
      .compile();
    const pushed = await opened.store.query(sql, async ({ tables }) =>
      tables.map((table) => [table.pushed, table.report.files.kept]),
    );
    expect(pushed).toEqual([
      [
        "at < 2026-01-02T00:00:00+00:00 AND zone IN ('z1', 'z'2') AND total > 9007199254740992 AND (fee <= 1.50 OR day IS NULL)",
        1,
      ],
    ]);
  });

  it("stream, and can be left early", async () => {
    const seen: number[] = [];
    for await (const row of at().selectFrom("stats").select("trips").orderBy("trips").stream()) {
      seen.push(row.trips ?? -1);
      if (seen.length === 4) break;
    }
    expect(seen).toEqual([0, 0, 0, 1]);
  });

  it("reach other tables of the catalog by namespace and name, with the types one says", async () => {
    const rows = await opened.store
      .at<Repository, { "rides.icecore_registry": { version: bigint; kind: string; name: string } }>()
      .selectFrom("rides.icecore_registry")
      .select(["version", "kind"])
      .where("kind", "=", "feature_view")
      .where("name", "=", "stats")
      .execute();
    expect(rows).toEqual([{ version: 1n, kind: "feature_view" }]);
  });

  it("keep to their limits, and say what is wrong with them", async () => {
    const refused = (run: Promise<unknown>) => run.then(String, (error: { code: string }) => error.code);
    expect(await refused(at({}, { maxRows: 5 }).selectFrom("stats").selectAll().execute())).toBe("QUERY_TOO_LARGE");
    expect(await refused(at({ tag: "gone" }).selectFrom("stats").selectAll().execute())).toBe("SNAPSHOT_NOT_FOUND");
    const unfit = at()
      .selectFrom("stats")
      .selectAll()
      .where("zone", "=", {} as string);
    expect(await refused(Promise.resolve().then(() => unfit.execute()))).toBe("QUERY_INVALID");
  });
});
