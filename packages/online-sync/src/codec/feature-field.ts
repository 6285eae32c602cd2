import { murmur3 } from "@icecore/iceberg-catalog";

/** Feast's name for a feature in an entity's hash: murmur3 of `<view>:<feature>`, as four little-endian bytes. */
export function featureField(view: string, feature: string): Buffer {
  const field = Buffer.allocUnsafe(4);
  field.writeInt32LE(murmur3(Buffer.from(`${view}:${feature}`)));
  return field;
}

/** The field of an entity's hash that holds the event timestamp of a view's row. */
export function timestampField(view: string): Buffer {
  return Buffer.from(`_ts:${view}`);
}

/** The field of an entity's hash that holds the created timestamp of a view's row; ours, and ignored by Feast. */
export function createdField(view: string): Buffer {
  return Buffer.from(`_created:${view}`);
}
