import type { FeatureView } from "@icecore/feature-registry";
import type { SnapshotId } from "@icecore/iceberg-catalog";
import type { RecordBatch } from "apache-arrow";
import type { ChainableCommander, Redis } from "ioredis";
import { type EncodedRows, encodeBatch } from "../../codec/encode-batch.ts";
import { type EntityKey, entityKeyEnd, entityKeyPrefix, redisKey } from "../../codec/entity-key.ts";
import { createdField, featureField, timestampField } from "../../codec/feature-field.ts";
import { decodeWatermark, encodeWatermark } from "../../codec/watermark.ts";
import type { OnlineStore, ReadRequest, ReadResult, WriteCount } from "../online-store.ts";
import { parseConnectionString } from "./connection-string.ts";
import { type Reply, readReplies } from "./read-replies.ts";
import { connectRedis } from "./redis-client.ts";
import { toRedisError } from "./redis-error.ts";

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

class RedisOnlineStore implements OnlineStore {
  readonly #redis: Redis;
  readonly #address: string;
  readonly #project: string;

  constructor(redis: Redis, address: string, project: string) {
    this.#redis = redis;
    this.#address = address;
    this.#project = project;
  }

  async write(view: FeatureView, batch: RecordBatch): Promise<WriteCount> {
    let written = 0;
    let inFlight: Promise<number>[] = [];
    for (const rows of encodeBatch(view, batch, chunkRows)) {
      if (rows.keys.length > 0) inFlight.push(this.#writeRows(view, rows));
      if (inFlight.length < chunksInFlight) continue;
      written += sum(await this.#guard(Promise.all(inFlight)));
      inFlight = [];
    }
    written += sum(await this.#guard(Promise.all(inFlight)));
    return { written, skipped: batch.numRows - written };
  }

  async read(requests: readonly ReadRequest[]): Promise<readonly ReadResult[]> {
    const replies = await this.#guard(Promise.all(requests.flatMap((request) => this.#readRows(request))));
    return readReplies(requests, replies.flat());
  }

  async delete(view: FeatureView, keys: readonly EntityKey[]): Promise<void> {
    await this.#deleteFields(
      view,
      keys.map((key) => redisKey(key, this.#project)),
    );
  }

  async dropView(view: FeatureView): Promise<void> {
    await this.#guard(this.#redis.hdel(this.#watermarks, view.name));
    const pattern = Buffer.concat([escapeGlob(entityKeyPrefix(view.joinKeys)), Buffer.from("*")]);
    let cursor = "0";
    do {
      const reply = this.#redis.callBuffer("SCAN", cursor, "MATCH", pattern, "COUNT", scanCount);
      const [next, keys] = (await this.#guard(reply)) as [Buffer, Buffer[]];
      await this.#deleteFields(
        view,
        keys.filter((key) => key.toString("utf8", entityKeyEnd(key)) === this.#project),
      );
      cursor = next.toString();
    } while (cursor !== "0");
  }

  async loadWatermark(view: FeatureView): Promise<SnapshotId | undefined> {
    const saved = await this.#guard(this.#redis.hget(this.#watermarks, view.name));
    return saved === null ? undefined : decodeWatermark(view, saved);
  }

  async saveWatermark(view: FeatureView, snapshotId: SnapshotId): Promise<void> {
    await this.#guard(this.#redis.hset(this.#watermarks, view.name, encodeWatermark(view, snapshotId)));
  }

  async ping(): Promise<void> {
    await this.#guard(this.#redis.ping());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#redis.disconnect();
  }

  /** Feast's keys begin with a 32-bit count of join keys: none of them looks like this. */
  get #watermarks(): string {
    return `icecore:watermarks:${this.#project}`;
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

  #writeRows(view: FeatureView, { keys, rows }: EncodedRows): Promise<number> {
    return this.#redis.writeRows(
      keys.length,
      ...keys.map((key) => redisKey(key, this.#project)),
      timestampField(view.name),
      createdField(view.name),
      view.features.length,
      view.ttlSeconds ?? 0,
      rows,
    );
  }

  async #deleteFields(view: FeatureView, keys: readonly Buffer[]): Promise<void> {
    const features = view.features.map((feature) => featureField(view.name, feature.name));
    const fields = [timestampField(view.name), createdField(view.name), ...features];
    const pipeline = this.#redis.pipeline();
    for (const key of keys) pipeline.hdel(key, ...fields);
    await this.#exec(pipeline);
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

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** A pattern that matches exactly these bytes. */
function escapeGlob(bytes: Buffer): Buffer {
  return Buffer.from(
    [...bytes].flatMap((byte) => ("*?[]^-\\".includes(String.fromCharCode(byte)) ? [0x5c, byte] : [byte])),
  );
}
