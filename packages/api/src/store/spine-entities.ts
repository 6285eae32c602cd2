import type { SpineEntities } from "@icecore/offline-store";

/** A spine of the entities that the views have. */
export interface EntitySpine {
  readonly entities: SpineEntities;
}

/** Every entity, at the time of its newest row. */
export const latestEntities: EntitySpine = { entities: { kind: "latest" } };

/** Every entity that the views have a row of between two times, both inclusive; asked for at the later one. */
export function entitiesBetween(start: Date, end: Date): EntitySpine {
  const [fromMicros, toMicros] = [BigInt(start.getTime()) * 1000n, BigInt(end.getTime()) * 1000n];
  return { entities: { kind: "range", range: { fromMicros, toMicros } } };
}
