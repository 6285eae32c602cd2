import { murmur3 } from "@icecore/iceberg-catalog";
import type { FeatureView } from "./definitions.ts";

/** Two features that an online store could not tell apart. */
export interface HashCollision {
  readonly view: string;
  readonly message: string;
}

/**
 * Features whose 4-byte hashes collide among those of one entity. Feast keeps all features of an entity in one Redis
 * hash, each under the murmur3 of `view:feature`, so one of them would overwrite the other.
 */
export function hashCollisions(views: readonly FeatureView[]): readonly HashCollision[] {
  const owners = new Map<string, string>();
  const collisions: HashCollision[] = [];
  for (const view of views) {
    const keys = view.joinKeys.map((key) => key.name).sort();
    for (const { name } of view.features) {
      const reference = `${view.name}:${name}`;
      const field = JSON.stringify([keys, murmur3(new TextEncoder().encode(reference))]);
      const owner = owners.get(field) ?? reference;
      owners.set(field, owner);
      if (owner === reference) continue;
      const message = `feature "${name}" and "${owner}" have the same 4-byte hash, by which online stores tell the features of an entity apart; rename one of them`;
      collisions.push({ view: view.name, message });
    }
  }
  return collisions;
}
