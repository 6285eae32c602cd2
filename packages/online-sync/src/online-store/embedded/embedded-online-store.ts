import { randomUUID } from "node:crypto";
import type { FeatureView } from "@icecore/feature-registry";
import type { RecordBatch } from "apache-arrow";
import type { RootDatabase } from "lmdb";
import { keyBatch } from "../../arrow/key-batch.ts";
import { viewBatch } from "../../arrow/view-batch.ts";
import { rowSchema } from "../../codec/packed/row-schema.ts";
import { entityKeyOf } from "../../codec/store-key.ts";
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
import { markKey, prefixEnd, rowKeyForm, schemaKey } from "./embedded-keys.ts";
import { beginMark, renewMark, toWatermark, type ViewMark } from "./embedded-lease.ts";
import { EmbeddedReader } from "./embedded-reader.ts";
import { encodePuts, putRows } from "./put-rows.ts";
import { openShared, type SharedDatabase } from "./shared-database.ts";

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
    return new EmbeddedOnlineStore(await openShared(path), path, project);
  } catch (error) {
    throw toEmbeddedError(path, error);
  }
}

class EmbeddedOnlineStore implements OnlineStore {
  readonly #shared: SharedDatabase;
  readonly #db: RootDatabase<Buffer, Buffer>;
  readonly #path: string;
  readonly #project: string;
  readonly #reader: EmbeddedReader;

  constructor(shared: SharedDatabase, path: string, project: string) {
    const { db } = shared;
    this.#shared = shared;
    this.#db = db;
    this.#path = path;
    this.#project = project;
    this.#reader = new EmbeddedReader(db, project);
  }

  write(view: FeatureView, batch: RecordBatch): Promise<WriteCount> {
    return this.#write(view, batch, undefined, undefined);
  }

  async read(requests: readonly ReadRequest[]): Promise<readonly ReadResult[]> {
    return this.#guard(() => requests.map((request) => this.#reader.read(request)));
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
      aim: (id) =>
        this.#transaction(() => {
          const mark = renewed();
          this.#saveMark(view, { ...mark, begun: [...new Set([...(mark.begun ?? []), String(id)])] });
        }),
      renew: () => this.#transaction(renew),
      finish: (id) =>
        this.#transaction(() => {
          const ended = { snapshotId: id?.toString(), begun: undefined, run: undefined };
          this.#saveMark(view, { ...renewed(), ...ended });
        }),
      release: () => this.#transaction(() => this.#saveMark(view, { ...renewed(), run: undefined })),
    };
    return new LeasedRun(lease, watermark);
  }

  async loadWatermark(view: FeatureView): Promise<Watermark | undefined> {
    return this.#guard(() => toWatermark(view, this.#loadMark(view)));
  }

  async *entities(view: FeatureView): AsyncGenerator<RecordBatch> {
    const form = rowKeyForm(this.#project, view);
    const toEntityKey = entityKeyOf(form);
    const end = prefixEnd(form.prefix);
    let start = form.prefix;
    while (true) {
      const keys = this.#guard(() => [...this.#db.getKeys({ start, end, limit: keysPerBatch })]);
      const last = keys.at(-1);
      if (last === undefined) return;
      yield keyBatch(
        view.joinKeys,
        keys.map(toEntityKey).filter((key) => key !== undefined),
      );
      start = Buffer.concat([last, Buffer.alloc(1)]);
    }
  }

  async dropView(view: FeatureView): Promise<void> {
    const { prefix: start } = rowKeyForm(this.#project, view);
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
    await this.#shared.close();
  }

  async #write(
    view: FeatureView,
    batch: RecordBatch,
    correction: Correction | undefined,
    renew: (() => void) | undefined,
  ): Promise<WriteCount> {
    const form = rowKeyForm(this.#project, view);
    const schema = rowSchema(view.features);
    const key = schemaKey(this.#project, schema.idText);
    let [written, deleted] = [0, 0];
    for (const puts of encodePuts(view, form, viewBatch(view, batch), chunkRows)) {
      const counts = await this.#transaction(() => {
        renew?.();
        if (!this.#db.doesExist(key)) this.#db.putSync(key, Buffer.from(schema.descriptor));
        return putRows(this.#db, puts, correction);
      });
      written += counts.written;
      deleted += counts.deleted;
    }
    return { written, deleted, skipped: batch.numRows - written - deleted };
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
