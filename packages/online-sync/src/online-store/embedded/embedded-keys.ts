import { OnlineStoreError } from "../../errors.ts";

/** LMDB's limit for a key at its usual page size. */
const maxKeyBytes = 1978;

/** What the keys of all rows of a view begin with. The leading byte is the version of the row layout. */
export function rowPrefix(project: string, view: string): Buffer {
  return Buffer.from(`\x01${project}\0${view}\0`);
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

/** The key of a row. @throws OnlineStoreError `ENTITY_INVALID` when the join keys are too long to be one */
export function rowKey(prefix: Buffer, entityKey: Buffer): Buffer {
  const key = Buffer.concat([prefix, entityKey]);
  if (key.length <= maxKeyBytes) return key;
  throw new OnlineStoreError(
    "ENTITY_INVALID",
    `the join keys of an entity take ${entityKey.length} bytes, and the embedded online store holds at most ${maxKeyBytes - prefix.length}; use shorter ones, or an online store of type redis`,
  );
}
