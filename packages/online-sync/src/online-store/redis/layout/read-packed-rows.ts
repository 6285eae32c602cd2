import type { FeatureView } from "@icecore/feature-registry";
import type { ByteWriter } from "../../../codec/byte-writer.ts";
import { entityKeyPrefix, type KeyForm } from "../../../codec/entity-key.ts";
import { RowDecoder } from "../../../codec/packed/row-decoder.ts";
import { parseRowSchema, type RowSchema } from "../../../codec/packed/row-schema.ts";
import { storeKeyOf } from "../../../codec/store-key.ts";
import { OnlineStoreError } from "../../../errors.ts";
import type { ReadRequest, ReadResult } from "../../online-store.ts";
import type { RedisServers } from "../servers/redis-servers.ts";
import { beginCommand, writeArgument, writeKeyArgument } from "../wire/command-writer.ts";
import { lineEnd, ReplyCursor, readCount, replyType } from "../wire/reply.ts";
import { WantedRows } from "./wanted-rows.ts";

/** How rows of a request are found and read. */
interface PackedRead {
  readonly decoder: RowDecoder;
  readonly form: KeyForm;
  readonly namesEnd: number;
}

type Wanted = WantedRows<PackedRead>;

/** A row whose schema has to be looked up first. */
interface Unread {
  readonly bytes: Buffer;
  readonly start: number;
  readonly index: number;
  readonly schemaId: string;
}

/** Reads packed rows, and knows the schemas that they were written with. */
export class PackedReader {
  /** The hash of all schemas of the store, by id. */
  readonly #registry: string;
  readonly #keyForm: (view: FeatureView) => KeyForm;
  readonly #schemas = new Map<string, RowSchema>();

  constructor(registry: string, keyForm: (view: FeatureView) => KeyForm) {
    this.#registry = registry;
    this.#keyForm = keyForm;
  }

  /** Makes a schema known to all readers. Each write does, since a Redis may have forgotten what it was told. */
  async announce(servers: RedisServers, { idText, descriptor }: RowSchema): Promise<void> {
    await this.#ask(servers, ["HSETNX", this.#registry, idText, descriptor]);
  }

  /** Reads rows, all of them in one round trip: with one MGET, or a GET each where keys are on several servers. */
  async read(servers: RedisServers, requests: readonly ReadRequest[]): Promise<readonly ReadResult[]> {
    const decoders: RowDecoder[] = [];
    const wanted: Wanted = new WantedRows();
    for (const request of requests) {
      const decoder = new RowDecoder(request, this.#schemas);
      const namesEnd = entityKeyPrefix(request.view.joinKeys).length;
      wanted.add({ decoder, form: this.#keyForm(request.view), namesEnd }, request.keys);
      decoders.push(decoder);
    }
    const unread: Unread[] = [];
    const take = (bytes: Buffer, start: number, index: number) => {
      const schemaId = wanted.readerOf(index).decoder.decode(bytes, start, wanted.rowOf(index));
      if (schemaId !== undefined) unread.push({ bytes, start, index, schemaId });
    };
    if (wanted.count > 0) await (servers.partitioned ? getEach(servers, wanted, take) : getAll(servers, wanted, take));
    if (unread.length > 0) {
      await this.#learn(servers, new Set(unread.map(({ schemaId }) => schemaId)));
      for (const { bytes, start, index } of unread) take(bytes, start, index);
    }
    return decoders;
  }

  async #learn(servers: RedisServers, ids: ReadonlySet<string>): Promise<void> {
    for (const id of ids) {
      const descriptor = await this.#ask(servers, ["HGET", this.#registry, id]);
      if (descriptor === undefined) {
        throw new OnlineStoreError(
          "STORE_INVALID",
          `Redis at ${servers.name} holds rows of a schema that it has forgotten (${id}); materialize the view in full`,
        );
      }
      this.#schemas.set(id, parseRowSchema(descriptor));
    }
  }

  async #ask(
    servers: RedisServers,
    [name, key, ...args]: readonly [string, string, ...string[]],
  ): Promise<string | undefined> {
    let answer: string | undefined;
    await servers.run({
      count: 1,
      keyOf: () => Buffer.from(key),
      write: (out) => {
        beginCommand(out, args.length + 2);
        for (const argument of [name, key, ...args]) writeArgument(out, argument);
      },
      take: (bytes, start) => {
        const reply = new ReplyCursor(bytes, start).next();
        if (reply instanceof Error) throw reply;
        answer = reply === null ? undefined : String(reply);
      },
    });
    return answer;
  }
}

/** Takes the value that begins at `start`, which belongs to the i-th key. */
type ValueTaker = (bytes: Buffer, start: number, index: number) => void;

/** Redis serves nobody else while it looks these up. */
const keysPerCommand = 1000;

function storeKey(wanted: Wanted, index: number): Buffer {
  return storeKeyOf(wanted.readerOf(index).form)(wanted.keyOf(index));
}

function writeKey(out: ByteWriter, wanted: Wanted, index: number): void {
  const { form, namesEnd } = wanted.readerOf(index);
  writeKeyArgument(out, form, wanted.keyOf(index), namesEnd);
}

async function getAll(servers: RedisServers, wanted: Wanted, take: ValueTaker): Promise<void> {
  await servers.run({
    count: Math.ceil(wanted.count / keysPerCommand),
    keyOf: (i) => storeKey(wanted, i * keysPerCommand),
    write: (out, i) => {
      const first = i * keysPerCommand;
      const end = Math.min(first + keysPerCommand, wanted.count);
      beginCommand(out, end - first + 1);
      writeArgument(out, "MGET");
      for (let index = first; index < end; index++) writeKey(out, wanted, index);
    },
    take: (bytes, start, i) => {
      if (bytes[start] !== replyType.array) throw new ReplyCursor(bytes, start).next();
      const count = readCount(bytes, start);
      let at = lineEnd(bytes, start);
      for (let key = 0; key < count; key++) at = takeBulk(bytes, at, i * keysPerCommand + key, take);
    },
  });
}

function getEach(servers: RedisServers, wanted: Wanted, take: ValueTaker): Promise<void> {
  return servers.run({
    count: wanted.count,
    keyOf: (i) => storeKey(wanted, i),
    write: (out, i) => {
      beginCommand(out, 2);
      writeArgument(out, "GET");
      writeKey(out, wanted, i);
    },
    take: (bytes, start, i) => {
      if (bytes[start] !== replyType.bulk) throw new ReplyCursor(bytes, start).next();
      takeBulk(bytes, start, i, take);
    },
  });
}

/** Takes a bulk string unless it is null; gives where it ends. */
function takeBulk(bytes: Buffer, at: number, index: number, take: ValueTaker): number {
  const length = readCount(bytes, at);
  const start = lineEnd(bytes, at);
  if (length < 0) return start;
  take(bytes, start, index);
  return start + length + 2;
}
