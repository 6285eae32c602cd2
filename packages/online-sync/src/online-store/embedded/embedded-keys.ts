import type { FeatureView } from "@icecore/feature-registry";
import type { KeyForm } from "../../codec/entity-key.ts";
import { OnlineStoreError } from "../../errors.ts";

/** LMDB's limit for a key at its usual page size. */
const maxKeyBytes = 1978;

/** The keys of a view's rows. The leading byte is the version of the layout. */
export function rowKeyForm(project: string, view: FeatureView): KeyForm {
  const prefix = Buffer.from(`\x02${project}\0${view.name}\0`);
  return { joinKeys: view.joinKeys, prefix, suffix: Buffer.alloc(0) };
}

/** Where the keys with this prefix end. */
export function prefixEnd(prefix: Buffer): Buffer {
  const end = Buffer.from(prefix);
  end[end.length - 1] = 1;
  return end;
}

/** The key of the mark of a view. */
export function markKey(project: string, view: string): Buffer {
  return Buffer.from(`m${project}\0${view}`);
}

/** The key of the descriptor of a schema. */
export function schemaKey(project: string, id: string): Buffer {
  return Buffer.from(`s${project}\0${id}`);
}

/** @throws OnlineStoreError `ENTITY_INVALID` when the key of a row is too long to be one */
export function checkKey(key: Buffer, { prefix }: KeyForm): Buffer {
  if (key.length <= maxKeyBytes) return key;
  throw new OnlineStoreError(
    "ENTITY_INVALID",
    `the join keys of an entity take ${key.length - prefix.length} bytes, and the embedded online store holds at most ${maxKeyBytes - prefix.length}; use shorter ones, or an online store of type redis`,
  );
}
