import type { FeatureView } from "@icecore/feature-registry";
import { type EntityKey, encodeEntityKeys, type KeyValue } from "../codec/entity-key.ts";
import type { OnlineStore } from "../online-store/online-store.ts";
import { featureBatch, type TestRow } from "./feature-batch.ts";
import { driverStats } from "./views.ts";

/** Keys of entities whose join keys have these values, in the view's order. */
export function entityKeys(view: FeatureView, ...entities: readonly (readonly KeyValue[])[]): EntityKey[] {
  const columns = view.joinKeys.map((_, i) => (row: number) => entities[row]?.[i] ?? null);
  return encodeEntityKeys(view.joinKeys, columns, 0, entities.length).filter((key) => key !== undefined);
}

/** Writes rows of {@link driverStats}: event and created timestamp in microseconds, and the daily trips. */
export function writeTrips(
  store: OnlineStore,
  ...rows: readonly (readonly [driver: bigint, event: bigint, created: bigint | null, trips: bigint])[]
) {
  const toRow = ([driver_id, event_timestamp, created, avg_daily_trips]: (typeof rows)[number]): TestRow => ({
    driver_id,
    event_timestamp,
    created,
    avg_daily_trips,
  });
  return store.write(driverStats, featureBatch(driverStats, rows.map(toRow)));
}

/** The daily trips of drivers, and when they happened. */
export async function readTrips(store: OnlineStore, ...drivers: readonly bigint[]) {
  const trips = driverStats.features.filter((feature) => feature.name === "avg_daily_trips");
  const keys = entityKeys(driverStats, ...drivers.map((driver) => [driver]));
  const [result] = await store.read([{ view: driverStats, features: trips, keys }]);
  return { trips: result?.columns[0], eventTimestamps: result?.eventTimestamps };
}
