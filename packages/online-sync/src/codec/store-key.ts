import type { JoinKey } from "@icecore/feature-registry";
import { type EntityKey, entityKeyPrefix, type KeyForm } from "./entity-key.ts";

/** Feast's keys in Redis: an entity's hash, shared by all views with its join keys. */
export function feastKeyForm(joinKeys: readonly JoinKey[], project: string): KeyForm {
  return { joinKeys, prefix: entityKeyPrefix(joinKeys), suffix: Buffer.from(project) };
}

/** Makes the store's key of an entity key. */
export function storeKeyOf({ joinKeys, prefix, suffix }: KeyForm): (key: EntityKey) => Buffer {
  const names = entityKeyPrefix(joinKeys).length;
  return (key) => {
    const middle = key.length - names;
    const whole = Buffer.allocUnsafe(prefix.length + middle + suffix.length);
    whole.set(prefix);
    key.copy(whole, prefix.length, names);
    whole.set(suffix, prefix.length + middle);
    return whole;
  };
}

/** Makes an entity key of a store's key; undefined when it is none of the form. */
export function entityKeyOf({ joinKeys, prefix, suffix }: KeyForm): (key: Buffer) => EntityKey | undefined {
  const names = entityKeyPrefix(joinKeys);
  return (key) => {
    const end = key.length - suffix.length;
    const fits = key.subarray(0, prefix.length).equals(prefix) && key.subarray(end).equals(suffix);
    if (!fits || valuesEnd(key, prefix.length, joinKeys.length) !== end) return undefined;
    return Buffer.concat([names, key.subarray(prefix.length, end)]);
  };
}

/** Where as many values end; each is after its type and its length. */
function valuesEnd(key: Buffer, start: number, count: number): number | undefined {
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + 8 > key.length) return undefined;
    at += 8 + key.readUInt32LE(at + 4);
  }
  return at;
}
