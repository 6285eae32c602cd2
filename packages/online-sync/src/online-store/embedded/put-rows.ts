import type { RootDatabase } from "lmdb";
import type { EncodedRows } from "../../codec/encode-batch.ts";
import { rowCreatedTimestamp, supersedes } from "../../codec/row.ts";
import type { Correction } from "../online-store.ts";
import { rowKey } from "./embedded-keys.ts";

/** Writes the rows that may replace what is stored, inside a transaction; says how many. */
export function putRows(
  db: RootDatabase<Buffer, Buffer>,
  prefix: Buffer,
  { keys, rows, starts }: EncodedRows,
  correction: Correction | undefined,
): number {
  let written = 0;
  for (const [i, entityKey] of keys.entries()) {
    const key = rowKey(prefix, entityKey);
    const row = rows.subarray(starts[i], starts[i + 1]);
    const stored = db.getBinaryFast(key);
    if (stored !== undefined && !supersedes(row, stored) && !isCorrected(stored, correction)) continue;
    db.putSync(key, row);
    written++;
  }
  return written;
}

/** Removes the rows that a correction says are gone, inside a transaction; says how many. */
export function removeRows(
  db: RootDatabase<Buffer, Buffer>,
  prefix: Buffer,
  { gone }: EncodedRows,
  correction: Correction | undefined,
): number {
  let deleted = 0;
  for (const entityKey of gone) {
    const key = rowKey(prefix, entityKey);
    const stored = db.getBinaryFast(key);
    if (stored === undefined || !isCorrected(stored, correction)) continue;
    db.removeSync(key);
    deleted++;
  }
  return deleted;
}

function isCorrected(stored: Buffer, correction: Correction | undefined): boolean {
  return correction !== undefined && rowCreatedTimestamp(stored) <= correction.createdUpTo;
}
