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

const created = fc.option(fc.constantFrom(-1n, 0n, 1_700_000_000_000_000n), { freq: 3 });

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
      fc.constantFrom(undefined, 1, 2, 1_000_000_000),
      fc.constantFrom("none", "month", "hour" as const),
    )
    .chain(([joinKeys, ttlSeconds, partitionBy]) => {
      const features = [
        { name: "count", type: "long" },
        { name: "text", type: "string" },
      ];
      const view = viewOf({ name, joinKeys, ttlSeconds, partitionBy, features });
      const commits = fc.array(rows(joinKeys.map((key) => key.type)), { maxLength: 3 });
      return fc.record({ view: fc.constant(view), commits });
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
