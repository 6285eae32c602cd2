import { randomUUID } from "node:crypto";
import type { FeatureView } from "@icecore/feature-registry";
import type { RecordBatch } from "apache-arrow";
import type { ChainableCommander, Redis } from "ioredis";
import { keyBatch } from "../../arrow/key-batch.ts";
import { ByteWriter } from "../../codec/byte-writer.ts";
import { type EncodedRows, encodeBatch } from "../../codec/encode-batch.ts";
import { entityKeyEnd, entityKeyPrefix, redisKey } from "../../codec/entity-key.ts";
import { createdField, featureField, timestampField } from "../../codec/feature-field.ts";
import { type TimestampMicros, writeTimestamp } from "../../codec/timestamp.ts";
import type {
  Correction,
  MaterializationRun,
  OnlineStore,
  ReadRequest,
  ReadResult,
  Watermark,
  WriteCount,
} from "../online-store.ts";
import { type Lease, LeasedRun, leaseMs } from "../run/leased-run.ts";
import { parseConnectionString } from "./connection-string.ts";
import { type Reply, readReplies } from "./read-replies.ts";
import { connectRedis } from "./redis-client.ts";
import { toRedisError } from "./redis-error.ts";
import { beginRun, endRun, loadMark, markKey, toRunError } from "./view-mark.ts";

export interface RedisStoreOptions {
  /** As in Feast: `host:port,db=0,ssl=true,password=...`. */
  readonly connectionString: string;
  readonly project: string;
}

/** Rows per script call: Redis serves nobody else while it runs, which should be about a millisecond. */
const chunkRows = 128;
const chunksInFlight = 16;
const scanCount = 1000;

/**
 * Opens the online store in Redis 7 or later, in Feast's layout: Feast reads what this writes, and the other way round.
 * @throws OnlineStoreError when the connection string is wrong, or Redis cannot be reached or refuses us
 */
export async function openRedisStore({ connectionString, project }: RedisStoreOptions): Promise<OnlineStore> {
  const connection = parseConnectionString(connectionString);
  const address = `${connection.host}:${connection.port}`;
  return new RedisOnlineStore(await connectRedis(connection, address), address, project);
}

/** How rows of a run are written: with its token, and the features that rows of the view once had. */
interface RunWrite {
  readonly token: string;
  readonly formerFeatures: readonly string[];
}

const pushed: RunWrite = { token: "", formerFeatures: [] };

class RedisOnlineStore implements OnlineStore {
  readonly #redis: Redis;
  readonly #address: string;
  readonly #project: string;

  constructor(redis: Redis, address: string, project: string) {
    this.#redis = redis;
    this.#address = address;
    this.#project = project;
  }

  write(view: FeatureView, batch: RecordBatch): Promise<WriteCount> {
    return this.#write(view, batch, undefined, pushed);
  }

  async read(requests: readonly ReadRequest[]): Promise<readonly ReadResult[]> {
    const replies = await this.#guard(Promise.all(requests.flatMap((request) => this.#readRows(request))));
    return readReplies(requests, replies.flat());
  }

  async beginRun(view: FeatureView): Promise<MaterializationRun> {
    const [redis, token, key] = [this.#redis, randomUUID(), markKey(this.#project, view.name)];
    const mark = await this.#guard(beginRun(redis, key, view, token));
    const current = new Set(view.features.map((feature) => feature.name));
    const run = { token, formerFeatures: mark.features.filter((name) => !current.has(name)) };
    const guard = <T>(step: Promise<T>) =>
      this.#guard(
        step.catch((error) => {
          throw toRunError(view, error);
        }),
      );
    const lease: Lease = {
      write: (batch, correction) => guard(this.#write(view, batch, correction, run)),
      renew: async () => void (await guard(redis.renewRun(key, token, leaseMs))),
      finish: (snapshot) => guard(endRun(redis, key, token, snapshot)),
      release: () => guard(endRun(redis, key, token)),
    };
    return new LeasedRun(lease, mark.watermark);
  }

  async loadWatermark(view: FeatureView): Promise<Watermark | undefined> {
    const mark = await this.#guard(loadMark(this.#redis, markKey(this.#project, view.name), view));
    return mark.watermark;
  }

  async *entities(view: FeatureView): AsyncGenerator<RecordBatch> {
    for await (const keys of this.#scan(view)) {
      const pipeline = this.#redis.pipeline();
      for (const key of keys) pipeline.hexists(key, timestampField(view.name));
      const held = await this.#exec(pipeline);
      const entityKeys = keys.filter((_, i) => held[i] === 1).map((key) => key.subarray(0, entityKeyEnd(key)));
      if (entityKeys.length > 0) yield keyBatch(view.joinKeys, entityKeys);
    }
  }

  async dropView(view: FeatureView): Promise<void> {
    const key = markKey(this.#project, view.name);
    const { features } = await this.#guard(loadMark(this.#redis, key, view));
    await this.#guard(this.#redis.del(key));
    const fields = viewFields(view, features);
    for await (const keys of this.#scan(view)) {
      const pipeline = this.#redis.pipeline();
      for (const each of keys) pipeline.hdel(each, ...fields);
      await this.#exec(pipeline);
    }
  }

  async ping(): Promise<void> {
    await this.#guard(this.#redis.ping());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#redis.disconnect();
  }

  /** The hashes of all entities with the view's join keys. */
  async *#scan(view: FeatureView): AsyncGenerator<readonly Buffer[]> {
    const pattern = Buffer.concat([escapeGlob(entityKeyPrefix(view.joinKeys)), Buffer.from("*")]);
    let cursor = "0";
    do {
      const reply = this.#redis.callBuffer("SCAN", cursor, "MATCH", pattern, "COUNT", scanCount);
      const [next, keys] = (await this.#guard(reply)) as [Buffer, Buffer[]];
      yield keys.filter((key) => key.toString("utf8", entityKeyEnd(key)) === this.#project);
      cursor = next.toString();
    } while (cursor !== "0");
  }

  #readRows({ view, features, keys }: ReadRequest): Promise<Reply[]>[] {
    const fields = [timestampField(view.name), ...features.map((feature) => featureField(view.name, feature.name))];
    const hashes = keys.filter((key) => key !== undefined).map((key) => redisKey(key, this.#project));
    const calls: Promise<Reply[]>[] = [];
    for (let first = 0; first < hashes.length; first += chunkRows) {
      const chunk = hashes.slice(first, first + chunkRows);
      calls.push(this.#redis.readRowsBuffer(chunk.length, ...chunk, ...fields));
    }
    return calls;
  }

  async #write(
    view: FeatureView,
    batch: RecordBatch,
    correction: Correction | undefined,
    run: RunWrite,
  ): Promise<WriteCount> {
    let [written, deleted] = [0, 0];
    let inFlight: Promise<[number, number]>[] = [];
    const settle = async () => {
      for (const [rows, removed] of await this.#guard(Promise.all(inFlight))) {
        written += rows;
        deleted += removed;
      }
      inFlight = [];
    };
    for (const rows of encodeBatch(view, batch, chunkRows)) {
      inFlight.push(
        Promise.all([this.#writeRows(view, rows, correction, run), this.#remove(view, rows, correction, run)]),
      );
      if (inFlight.length === chunksInFlight) await settle();
    }
    await settle();
    return { written, deleted, skipped: batch.numRows - written - deleted };
  }

  async #writeRows(
    view: FeatureView,
    { keys, rows }: EncodedRows,
    correction: Correction | undefined,
    { token, formerFeatures }: RunWrite,
  ): Promise<number> {
    if (keys.length === 0) return 0;
    return this.#redis.writeRows(
      keys.length + 1,
      markKey(this.#project, view.name),
      ...keys.map((key) => redisKey(key, this.#project)),
      token,
      leaseMs,
      correction === undefined ? "none" : encodeTimestamp(correction.createdUpTo),
      timestampField(view.name),
      createdField(view.name),
      view.features.length,
      view.ttlSeconds ?? 0,
      rows,
      ...formerFeatures.map((name) => featureField(view.name, name)),
    );
  }

  async #remove(
    view: FeatureView,
    { gone }: EncodedRows,
    correction: Correction | undefined,
    { token, formerFeatures }: RunWrite,
  ): Promise<number> {
    if (gone.length === 0 || correction === undefined) return 0;
    return this.#redis.removeRows(
      gone.length + 1,
      markKey(this.#project, view.name),
      ...gone.map((key) => redisKey(key, this.#project)),
      token,
      leaseMs,
      encodeTimestamp(correction.createdUpTo),
      ...viewFields(view, formerFeatures),
    );
  }

  async #exec(pipeline: ChainableCommander): Promise<unknown[]> {
    const replies = (await this.#guard(pipeline.exec())) ?? [];
    return replies.map(([error, reply]) => {
      if (error !== null) throw toRedisError(this.#address, error);
      return reply;
    });
  }

  async #guard<T>(reply: Promise<T>): Promise<T> {
    try {
      return await reply;
    } catch (error) {
      throw toRedisError(this.#address, error);
    }
  }
}

/** The fields of an entity's hash that belong to the view; `former` are features that it may have had besides its own. */
function viewFields(view: FeatureView, former: readonly string[]): Buffer[] {
  const features = new Set([...view.features.map((feature) => feature.name), ...former]);
  const fields = [...features].map((name) => featureField(view.name, name));
  return [timestampField(view.name), createdField(view.name), ...fields];
}

function encodeTimestamp(micros: TimestampMicros): Buffer {
  const out = new ByteWriter();
  writeTimestamp(out, micros);
  return out.view();
}

/** A pattern that matches exactly these bytes. */
function escapeGlob(bytes: Buffer): Buffer {
  return Buffer.from(
    [...bytes].flatMap((byte) => ("*?[]^-\\".includes(String.fromCharCode(byte)) ? [0x5c, byte] : [byte])),
  );
}
