import type { LoadedTable, SnapshotsMode } from "../catalog.ts";
import type { TableIdentifier } from "../table-identifier.ts";
import { earliestExpiryMs, initialCredentials } from "./vended-credentials.ts";

export interface CachedTable {
  readonly etag: string;
  readonly loaded: LoadedTable;
}

interface Untagged {
  readonly etag: string | undefined;
  readonly loaded: LoadedTable;
}

/** A copy is kept only while its credentials are good for some time yet: who has it may be about to begin a long read. */
const neededLifeMs = 15 * 60_000;

/**
 * The tables that were loaded last, each with the tag by which the catalog says whether it has changed. One cache serves
 * one catalog as one user with one kind of access delegation; what else an answer depends on is in its key.
 */
export class TableCache {
  private readonly tables = new Map<string, CachedTable>();
  private readonly maxEntries: number;
  private readonly now: () => number;

  constructor(maxEntries: number, now: () => number) {
    this.maxEntries = maxEntries;
    this.now = now;
  }

  find(table: TableIdentifier, mode: SnapshotsMode): CachedTable | undefined {
    const cached = this.tables.get(keyOf(table, mode));
    return cached !== undefined && this.isLasting(cached.loaded) ? cached : undefined;
  }

  put(table: TableIdentifier, mode: SnapshotsMode, { etag, loaded }: Untagged): void {
    const key = keyOf(table, mode);
    this.tables.delete(key);
    if (etag === undefined || this.maxEntries === 0) return;
    this.tables.set(key, { etag, loaded });
    const [oldest] = this.tables.keys();
    if (this.tables.size > this.maxEntries && oldest !== undefined) this.tables.delete(oldest);
  }

  forget(table: TableIdentifier): void {
    for (const mode of ["all", "refs"] as const) this.tables.delete(keyOf(table, mode));
  }

  /** "Not modified" brings no new credentials, so a copy is worth no more than those that it has. */
  private isLasting(loaded: LoadedTable): boolean {
    const credentials = initialCredentials(loaded);
    if (credentials.every(({ config }) => config["s3.session-token"] === undefined)) return true;
    const expiry = earliestExpiryMs(credentials);
    return expiry !== undefined && expiry - this.now() > neededLifeMs;
  }
}

function keyOf({ namespace, name }: TableIdentifier, mode: SnapshotsMode): string {
  return JSON.stringify([namespace, name, mode]);
}
