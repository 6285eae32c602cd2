import type { FeatureView } from "@icecore/feature-registry";
import { ByteWriter } from "../../../codec/byte-writer.ts";
import { createdField, featureField, timestampField } from "../../../codec/feature-field.ts";
import { type FeatureCell, readFeatureValue } from "../../../codec/feature-value.ts";
import { feastKeyForm, storeKeyOf } from "../../../codec/store-key.ts";
import { readTimestamp, type TimestampMicros } from "../../../codec/timestamp.ts";
import { type ValueKind, valueType } from "../../../codec/value-type.ts";
import type { ReadRequest, ReadResult } from "../../online-store.ts";
import type { RedisServers } from "../servers/redis-servers.ts";
import { beginCommand, writeArgument } from "../wire/command-writer.ts";
import { lineEnd, ReplyCursor, readCount, replyType } from "../wire/reply.ts";

/** Where the answer about one entity of a request goes. */
interface Destination {
  readonly read: ViewRead;
  readonly row: number;
}

/** Reads rows in Feast's layout: one HMGET for each entity of each request, all of them in one round trip. */
export async function readFeastRows(
  servers: RedisServers,
  project: string,
  requests: readonly ReadRequest[],
): Promise<readonly ReadResult[]> {
  const reads = requests.map((request) => new ViewRead(request));
  const keys: Buffer[] = [];
  const destinations: Destination[] = [];
  for (const [i, request] of requests.entries()) {
    const toKey = storeKeyOf(feastKeyForm(request.view.joinKeys, project));
    for (const [row, key] of request.keys.entries()) {
      if (key === undefined) continue;
      keys.push(toKey(key));
      destinations.push({ read: reads[i] as ViewRead, row });
    }
  }
  await servers.run({
    keys,
    write: (out, i) => destinations[i]?.read.write(out, keys[i] as Buffer),
    take: (bytes, start, i) => destinations[i]?.read.take(bytes, start, destinations[i].row),
  });
  return reads;
}

/** The fields of a view as arguments of a command; made once, since a hash has to be computed for each. */
class ViewFields {
  readonly timestamp: Buffer;
  readonly #view: string;
  readonly #features = new Map<string, Buffer>();

  constructor(view: string) {
    this.#view = view;
    this.timestamp = toArgument(timestampField(view));
  }

  of(feature: string): Buffer {
    const field = this.#features.get(feature) ?? toArgument(featureField(this.#view, feature));
    this.#features.set(feature, field);
    return field;
  }
}

const known = new WeakMap<FeatureView, ViewFields>();

function fieldsOf(view: FeatureView): ViewFields {
  const fields = known.get(view) ?? new ViewFields(view.name);
  known.set(view, fields);
  return fields;
}

function toArgument(field: Buffer): Buffer {
  const out = new ByteWriter(field.length + 16);
  writeArgument(out, field);
  return out.view();
}

/** One request's command, the same for all entities but for the key, and its answers. */
class ViewRead implements ReadResult {
  readonly eventTimestamps: (TimestampMicros | undefined)[];
  readonly createdTimestamps: (TimestampMicros | undefined)[] = [];
  readonly columns: (FeatureCell | null | undefined)[][];
  readonly #kinds: readonly ValueKind[];
  readonly #head: Buffer;
  readonly #tail: Buffer;

  constructor({ view, features, keys, created }: ReadRequest) {
    this.eventTimestamps = new Array(keys.length).fill(undefined);
    this.columns = features.map(() => new Array(keys.length).fill(undefined));
    this.#kinds = features.map((feature) => valueType(feature).kind);
    const head = new ByteWriter();
    beginCommand(head, features.length + (created === true ? 4 : 3));
    writeArgument(head, "HMGET");
    this.#head = head.view();
    const tail = new ByteWriter();
    const fields = fieldsOf(view);
    tail.bytes(fields.timestamp);
    for (const feature of features) tail.bytes(fields.of(feature.name));
    if (created === true) writeArgument(tail, createdField(view.name));
    this.#tail = tail.view();
  }

  write(out: ByteWriter, key: Buffer): void {
    out.slice(this.#head, 0, this.#head.length);
    writeArgument(out, key);
    out.slice(this.#tail, 0, this.#tail.length);
  }

  take(bytes: Buffer, start: number, row: number): void {
    if (bytes[start] !== replyType.array) throw new ReplyCursor(bytes, start).next();
    const fields = readCount(bytes, start);
    let [at, timestampAt, timestampEnd] = [lineEnd(bytes, start), 0, 0];
    for (let i = -1; i < fields - 1; i++) {
      const length = readCount(bytes, at);
      at = lineEnd(bytes, at);
      if (length < 0) continue;
      const end = at + length;
      if (i < 0) [timestampAt, timestampEnd] = [at, end];
      else if (i < this.#kinds.length)
        this.#take(i, row, readFeatureValue(bytes, this.#kinds[i] as ValueKind, at, end));
      else
        this.createdTimestamps[row] = readCreated(bytes.subarray(timestampAt, timestampEnd), bytes.subarray(at, end));
      at = end + 2;
    }
    if (timestampEnd > 0) this.eventTimestamps[row] = readTimestamp(bytes, timestampAt, timestampEnd);
  }

  #take(column: number, row: number, value: FeatureCell | null): void {
    (this.columns[column] as (FeatureCell | null | undefined)[])[row] = value;
  }
}

/** The created timestamp is behind a copy of the event timestamp; where that differs, nobody knows it. */
function readCreated(event: Buffer, kept: Buffer): TimestampMicros {
  const known = kept.subarray(0, event.length).equals(event);
  return known ? readTimestamp(kept, event.length) : 0n;
}
