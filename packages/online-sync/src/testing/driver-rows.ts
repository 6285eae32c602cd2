import type { FeatureView } from "@icecore/feature-registry";
import { snapshotId } from "@icecore/iceberg-catalog";
import { type EntityKey, encodeEntityKeys, type KeyValue } from "../codec/entity-key.ts";
import type { MaterializationRun, OnlineStore } from "../online-store/online-store.ts";
import { featureBatch, type TestRow } from "./feature-batch.ts";
import { driverStats } from "./views.ts";

/** Keys of entities whose join keys have these values, in the view's order. */
export function entityKeys(view: FeatureView, ...entities: readonly (readonly KeyValue[])[]): EntityKey[] {
  const columns = view.joinKeys.map((_, i) => (row: number) => entities[row]?.[i] ?? null);
  return encodeEntityKeys(view.joinKeys, columns, entities.length).filter((key) => key !== undefined);
}

/** A row of {@link driverStats}: event and created timestamp in microseconds, and the daily trips. */
export type Trips = readonly [driver: bigint, event: bigint | null, created: bigint | null, trips: bigint];

export function tripsBatch(rows: readonly Trips[]) {
  const toRow = ([driver_id, event_timestamp, created, avg_daily_trips]: Trips): TestRow => ({
    driver_id,
    event_timestamp,
    created,
    avg_daily_trips,
  });
  return featureBatch(driverStats, rows.map(toRow));
}

export function writeTrips(store: OnlineStore, ...rows: readonly Trips[]) {
  return store.write(driverStats, tripsBatch(rows));
}

/** Corrects rows as of a created timestamp; an event timestamp of null says that there is no such driver. */
export function correctTrips(run: MaterializationRun, createdUpTo: bigint, ...rows: readonly Trips[]) {
  return run.write(tripsBatch(rows), { createdUpTo });
}

/** A run that writes nothing. */
export async function finishRun(store: OnlineStore, view: FeatureView, id: bigint): Promise<void> {
  await using run = await store.beginRun(view);
  await run.finish(snapshotId(id));
}

/** The daily trips of drivers, and when they happened. */
export async function readTrips(store: OnlineStore, ...drivers: readonly bigint[]) {
  const trips = driverStats.features.filter((feature) => feature.name === "avg_daily_trips");
  const keys = entityKeys(driverStats, ...drivers.map((driver) => [driver]));
  const [result] = await store.read([{ view: driverStats, features: trips, keys }]);
  return { trips: result?.columns[0], eventTimestamps: result?.eventTimestamps };
}
