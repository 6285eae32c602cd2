import type { FeatureView, KeyTypeName, Projection } from "@icecore/feature-registry";
import fc from "fast-check";
import type { FeatureRow } from "./point-in-time-oracle.ts";
import type { Cell } from "./rows-sql.ts";
import { viewOf } from "./views.ts";

/** A view, what was appended to it and in how many commits, and how the spine's columns are its keys. */
export interface ViewCase {
  readonly view: FeatureView;
  readonly commits: readonly (readonly FeatureRow[])[];
}

/** A spine's row: two drivers and an airport, any of which can be null, and a time. */
export interface SpineRow {
  readonly driver_id: bigint | null;
  readonly other_id: bigint | null;
  readonly airport: string | null;
  readonly time: bigint | null;
}

export const spineTypes = {
  driver_id: "BIGINT",
  label: "VARCHAR",
  other_id: "BIGINT",
  airport: "VARCHAR",
  event_timestamp: "TIMESTAMPTZ",
};

const keyPools: Readonly<Partial<Record<KeyTypeName, readonly Cell[]>>> = {
  long: [1n, 2n, 9_007_199_254_740_993n],
  string: ["SFO", "", "zürich"],
};

/** So many cases are in one table and one spine, each with keys of its own: as good as alone, and far quicker. */
export const casesPerDataSet = 525;

const ownKey = <T extends Cell>(key: T, index: number): T => {
  if (typeof key === "bigint") return (key + 10n * BigInt(index)) as T;
  return typeof key === "string" && index > 0 ? (`${key} ${index}` as T) : key;
};

/** The first commits of all cases as one, then the second ones, and so on. */
function together(cases: readonly (readonly (readonly FeatureRow[])[])[]): readonly (readonly FeatureRow[])[] {
  return [0, 1, 2].map((commit) =>
    cases.flatMap((commits, index) =>
      (commits[commit] ?? []).map((row) => ({ ...row, keys: row.keys.map((key) => ownKey(key, index)) })),
    ),
  );
}

/** The rows of all cases' spines. */
export function spineTogether(spines: readonly (readonly SpineRow[])[]): readonly SpineRow[] {
  return spines.flatMap((rows, index) =>
    rows.map(({ driver_id, other_id, airport, time }) => ({
      driver_id: ownKey(driver_id, index),
      other_id: ownKey(other_id, index),
      airport: ownKey(airport, index),
      time,
    })),
  );
}

/** Every kind of join key; the names are those of the spine's columns, so that a key can go without a map. */
const keyShapes = [
  [{ name: "driver_id", type: "long" }],
  [{ name: "airport", type: "string" }],
  [
    { name: "airport", type: "string" },
    { name: "driver_id", type: "long" },
  ],
  [],
] as const;

/** Few moments, half a second and a microsecond apart, on both sides of 1970: ties and ttl edges are common. */
export const moments = fc
  .tuple(fc.integer({ min: -6, max: 6 }), fc.constantFrom(-1n, 0n, 0n, 0n, 1n))
  .map(([halves, micros]) => BigInt(halves) * 500_000n + micros);

const created = fc.option(fc.oneof(moments, fc.constant(1_700_000_000_000_000n)), { freq: 6 });

const values = fc.tuple(
  fc.option(fc.constantFrom(0n, 1n, -5n, 2n ** 60n), { freq: 4 }),
  fc.option(fc.constantFrom("", "a", "b", "zz"), { freq: 4 }),
);

const rows = (keyTypes: readonly KeyTypeName[]) =>
  fc.array(
    fc.record({
      keys: fc.tuple(...keyTypes.map((type) => fc.constantFrom(...(keyPools[type] ?? [])))),
      time: moments,
      created,
      values,
    }),
    { maxLength: 14 },
  );

/** A view of a name, with its rows. */
export const viewCases = (name: string): fc.Arbitrary<ViewCase> =>
  fc
    .tuple(
      fc.constantFrom(...keyShapes),
      fc.constantFrom(undefined, 1, 2, Number.MAX_SAFE_INTEGER),
      fc.constantFrom("none", "month", "hour" as const),
    )
    .chain(([joinKeys, ttlSeconds, partitionBy]) => {
      const features = [
        { name: "count", type: "long" },
        { name: "text", type: "string" },
      ];
      const view = viewOf({ name, joinKeys, ttlSeconds, partitionBy, features });
      const commits = fc.array(rows(joinKeys.map((key) => key.type)), { maxLength: 3 });
      const ofAll = fc.array(commits, { minLength: casesPerDataSet, maxLength: casesPerDataSet });
      return fc.record({ view: fc.constant(view), commits: ofAll.map(together) });
    });

export const spineRows: fc.Arbitrary<readonly SpineRow[]> = fc.array(
  fc.record({
    driver_id: fc.option(fc.constantFrom(1n, 2n, 3n), { freq: 6 }),
    other_id: fc.option(fc.constantFrom(1n, 2n, 9_007_199_254_740_993n), { freq: 6 }),
    airport: fc.option(fc.constantFrom("SFO", "", "zürich", "nowhere"), { freq: 6 }),
    time: fc.option(moments, { freq: 8 }),
  }),
  { maxLength: 30 },
);

/** Each view under its own name, and once more under another, by the other driver. */
export function projectionsOf({ view }: ViewCase): readonly Projection[] {
  const features = view.features.map((feature) => feature.name);
  const own: Projection = { view: view.name, features, joinKeyMap: {} };
  const isOfDriver = view.joinKeys.some((key) => key.name === "driver_id");
  return isOfDriver ? [own, { ...own, alias: `other_${view.name}`, joinKeyMap: { driver_id: "other_id" } }] : [own];
}
