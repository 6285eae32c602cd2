import { randomUUID } from "node:crypto";
import type { FeatureView } from "@icecore/feature-registry";
import type { RecordBatch } from "apache-arrow";
import { open, type RootDatabase } from "lmdb";
import { keyBatch } from "../../arrow/key-batch.ts";
import { encodeBatch } from "../../codec/encode-batch.ts";
import type { FeatureCell } from "../../codec/feature-value.ts";
import { rowEventTimestamp, rowReader } from "../../codec/row.ts";
import type { TimestampMicros } from "../../codec/timestamp.ts";
import type {
  Correction,
  MaterializationRun,
  OnlineStore,
  ReadRequest,
  ReadResult,
  Watermark,
  WriteCount,
} from "../online-store.ts";
import { type Lease, LeasedRun } from "../run/leased-run.ts";
import { encodeHolder } from "../run/run-holder.ts";
import { checkFile, checkSpace } from "./check-file.ts";
import { toEmbeddedError } from "./embedded-error.ts";
import { markKey, prefixEnd, rowKey, rowPrefix } from "./embedded-keys.ts";
import { beginMark, renewMark, toWatermark, type ViewMark } from "./embedded-lease.ts";
import { putRows, removeRows } from "./put-rows.ts";

export interface EmbeddedStoreOptions {
  /** The file; made when missing. */
  readonly path: string;
  readonly project: string;
}

/** Rows per transaction: long enough to spread the cost of its sync, short enough to let reads in between. */
const chunkRows = 4096;
const keysPerBatch = 10_000;

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

  write(view: FeatureView, batch: RecordBatch): Promise<WriteCount> {
    return this.#write(view, batch, undefined, undefined);
  }

  async read(requests: readonly ReadRequest[]): Promise<readonly ReadResult[]> {
    return this.#guard(() => requests.map((request) => this.#readView(request)));
  }

  async beginRun(view: FeatureView): Promise<MaterializationRun> {
    const token = randomUUID();
    const watermark = await this.#transaction(() => {
      const mark = this.#loadMark(view);
      const now = new Date();
      this.#saveMark(view, beginMark(view, mark, { token, holder: encodeHolder(now) }, now.getTime()));
      return toWatermark(view, mark);
    });
    const renewed = () => renewMark(view, this.#loadMark(view), token, Date.now());
    const renew = () => this.#saveMark(view, renewed());
    const lease: Lease = {
      write: (batch, correction) => this.#write(view, batch, correction, renew),
      renew: () => this.#transaction(renew),
      finish: (id) =>
        this.#transaction(() => this.#saveMark(view, { ...renewed(), snapshotId: String(id), run: undefined })),
      release: () => this.#transaction(() => this.#saveMark(view, { ...renewed(), run: undefined })),
    };
    return new LeasedRun(lease, watermark);
  }

  async loadWatermark(view: FeatureView): Promise<Watermark | undefined> {
    return this.#guard(() => toWatermark(view, this.#loadMark(view)));
  }

  async *entities(view: FeatureView): AsyncGenerator<RecordBatch> {
    const prefix = rowPrefix(this.#project, view.name);
    const end = prefixEnd(prefix);
    let start = prefix;
    while (true) {
      const keys = this.#guard(() => [...this.#db.getKeys({ start, end, limit: keysPerBatch })]);
      const last = keys.at(-1);
      if (last === undefined) return;
      yield keyBatch(
        view.joinKeys,
        keys.map((key) => key.subarray(prefix.length)),
      );
      start = Buffer.concat([last, Buffer.alloc(1)]);
    }
  }

  async dropView(view: FeatureView): Promise<void> {
    const start = rowPrefix(this.#project, view.name);
    const range = { start, end: prefixEnd(start), limit: keysPerBatch };
    await this.#transaction(() => this.#db.removeSync(markKey(this.#project, view.name)));
    let dropped: number;
    do {
      dropped = await this.#transaction((): number => {
        const keys = [...this.#db.getKeys(range)];
        for (const key of keys) this.#db.removeSync(key);
        return keys.length;
      });
    } while (dropped === keysPerBatch);
  }

  async ping(): Promise<void> {
    this.#guard(() => this.#db.doesExist(markKey(this.#project, "")));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#db.close();
  }

  async #write(
    view: FeatureView,
    batch: RecordBatch,
    correction: Correction | undefined,
    renew: (() => void) | undefined,
  ): Promise<WriteCount> {
    const prefix = rowPrefix(this.#project, view.name);
    let [written, deleted] = [0, 0];
    for (const rows of encodeBatch(view, batch, chunkRows)) {
      const counts = await this.#transaction((): [number, number] => {
        renew?.();
        return [putRows(this.#db, prefix, rows, correction), removeRows(this.#db, prefix, rows, correction)];
      });
      written += counts[0];
      deleted += counts[1];
    }
    return { written, deleted, skipped: batch.numRows - written - deleted };
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

  #loadMark(view: FeatureView): ViewMark | undefined {
    const saved = this.#db.getBinary(markKey(this.#project, view.name));
    return saved === undefined ? undefined : (JSON.parse(saved.toString()) as ViewMark);
  }

  #saveMark(view: FeatureView, mark: ViewMark): void {
    this.#db.putSync(markKey(this.#project, view.name), Buffer.from(JSON.stringify(mark)));
  }

  #guard<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw toEmbeddedError(this.#path, error);
    }
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
