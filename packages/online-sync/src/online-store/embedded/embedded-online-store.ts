import type { FeatureView } from "@icecore/feature-registry";
import type { SnapshotId } from "@icecore/iceberg-catalog";
import type { RecordBatch } from "apache-arrow";
import { open, type RootDatabase } from "lmdb";
import { type EncodedRows, encodeBatch } from "../../codec/encode-batch.ts";
import type { EntityKey } from "../../codec/entity-key.ts";
import type { FeatureCell } from "../../codec/feature-value.ts";
import { rowEventTimestamp, rowReader, supersedes } from "../../codec/row.ts";
import type { TimestampMicros } from "../../codec/timestamp.ts";
import { decodeWatermark, encodeWatermark } from "../../codec/watermark.ts";
import type { OnlineStore, ReadRequest, ReadResult, WriteCount } from "../online-store.ts";
import { checkFile, checkSpace } from "./check-file.ts";
import { toEmbeddedError } from "./embedded-error.ts";
import { prefixEnd, rowKey, rowPrefix, watermarkKey } from "./embedded-keys.ts";

export interface EmbeddedStoreOptions {
  /** The file; made when missing. */
  readonly path: string;
  readonly project: string;
}

/** Rows per transaction: long enough to spread the cost of its sync, short enough to let reads in between. */
const chunkRows = 4096;
const dropKeys = 10_000;

/**
 * Opens the online store in a local file (LMDB). Any number of processes may read and write it; writers take turns.
 * @throws OnlineStoreError when the file cannot be opened
 */
export async function openEmbeddedStore({ path, project }: EmbeddedStoreOptions): Promise<OnlineStore> {
  try {
    checkFile(path);
    checkSpace(path);
    return new EmbeddedOnlineStore(
      open({ path, noSubdir: true, keyEncoding: "binary", encoding: "binary" }),
      path,
      project,
    );
  } catch (error) {
    throw toEmbeddedError(path, error);
  }
}

class EmbeddedOnlineStore implements OnlineStore {
  readonly #db: RootDatabase<Buffer, Buffer>;
  readonly #path: string;
  readonly #project: string;

  constructor(db: RootDatabase<Buffer, Buffer>, path: string, project: string) {
    this.#db = db;
    this.#path = path;
    this.#project = project;
  }

  async write(view: FeatureView, batch: RecordBatch): Promise<WriteCount> {
    let written = 0;
    for (const rows of encodeBatch(view, batch, chunkRows)) {
      written += await this.#transaction(() => this.#putNewest(rowPrefix(this.#project, view.name), rows));
    }
    return { written, skipped: batch.numRows - written };
  }

  async read(requests: readonly ReadRequest[]): Promise<readonly ReadResult[]> {
    try {
      return requests.map((request) => this.#readView(request));
    } catch (error) {
      throw toEmbeddedError(this.#path, error);
    }
  }

  async delete(view: FeatureView, keys: readonly EntityKey[]): Promise<void> {
    const prefix = rowPrefix(this.#project, view.name);
    await this.#transaction(() => {
      for (const key of keys) this.#db.removeSync(rowKey(prefix, key));
    });
  }

  async dropView(view: FeatureView): Promise<void> {
    const start = rowPrefix(this.#project, view.name);
    const range = { start, end: prefixEnd(start), limit: dropKeys };
    await this.#transaction(() => this.#db.removeSync(watermarkKey(this.#project, view.name)));
    let dropped: number;
    do {
      dropped = await this.#transaction((): number => {
        const keys = [...this.#db.getKeys(range)];
        for (const key of keys) this.#db.removeSync(key);
        return keys.length;
      });
    } while (dropped === dropKeys);
  }

  async loadWatermark(view: FeatureView): Promise<SnapshotId | undefined> {
    const saved = this.#db.getBinary(watermarkKey(this.#project, view.name));
    return saved === undefined ? undefined : decodeWatermark(view, saved.toString());
  }

  async saveWatermark(view: FeatureView, snapshotId: SnapshotId): Promise<void> {
    const watermark = Buffer.from(encodeWatermark(view, snapshotId));
    await this.#transaction(() => this.#db.putSync(watermarkKey(this.#project, view.name), watermark));
  }

  async ping(): Promise<void> {
    this.#db.doesExist(watermarkKey(this.#project, ""));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#db.close();
  }

  #putNewest(prefix: Buffer, { keys, rows, starts }: EncodedRows): number {
    let written = 0;
    for (const [i, entityKey] of keys.entries()) {
      const key = rowKey(prefix, entityKey);
      const row = rows.subarray(starts[i], starts[i + 1]);
      const stored = this.#db.getBinaryFast(key);
      if (stored !== undefined && !supersedes(row, stored)) continue;
      this.#db.putSync(key, row);
      written++;
    }
    return written;
  }

  #readView({ view, features, keys }: ReadRequest): ReadResult {
    const prefix = rowPrefix(this.#project, view.name);
    const readRow = rowReader(view, features);
    const columns = features.map(() => new Array<FeatureCell | null | undefined>(keys.length).fill(undefined));
    const eventTimestamps: (TimestampMicros | undefined)[] = [];
    for (const [i, key] of keys.entries()) {
      const row = key === undefined ? undefined : this.#db.getBinaryFast(rowKey(prefix, key));
      eventTimestamps.push(row === undefined ? undefined : rowEventTimestamp(row));
      if (row !== undefined) readRow(row, columns, i);
    }
    return { eventTimestamps, columns };
  }

  async #transaction<T>(action: () => T): Promise<T> {
    try {
      checkSpace(this.#path);
      return await this.#db.transaction(action);
    } catch (error) {
      throw toEmbeddedError(this.#path, error);
    }
  }
}
