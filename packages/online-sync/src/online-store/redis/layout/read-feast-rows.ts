import type { Feature, FeatureView } from "@icecore/feature-registry";
import { ByteWriter } from "../../../codec/byte-writer.ts";
import { type EntityKey, entityKeyPrefix, type KeyForm } from "../../../codec/entity-key.ts";
import type { FeatureCell } from "../../../codec/feature-cell.ts";
import { createdField, featureField, timestampField } from "../../../codec/feature-field.ts";
import { readFeatureValue } from "../../../codec/feature-value.ts";
import { storeKeyOf } from "../../../codec/store-key.ts";
import { readTimestamp, type TimestampMicros } from "../../../codec/timestamp.ts";
import { type ValueType, valueType } from "../../../codec/value-type.ts";
import type { ReadRequest, ReadResult } from "../../online-store.ts";
import type { RedisServers } from "../servers/redis-servers.ts";
import { beginCommand, writeArgument, writeKeyArgument } from "../wire/command-writer.ts";
import { lineEnd, ReplyCursor, readCount, replyType } from "../wire/reply.ts";
import { WantedRows } from "./wanted-rows.ts";

/** Reads rows in Feast's layout: one HMGET for each entity of each request, all of them in one round trip. */
export async function readFeastRows(
  servers: RedisServers,
  keyForm: (view: FeatureView) => KeyForm,
  requests: readonly ReadRequest[],
): Promise<readonly ReadResult[]> {
  const reads: ViewRead[] = [];
  const wanted = new WantedRows<ViewRead>();
  for (const request of requests) {
    const read = new ViewRead(request, keyForm(request.view));
    wanted.add(read, request.keys);
    reads.push(read);
  }
  await servers.run({
    count: wanted.count,
    keyOf: (i) => wanted.readerOf(i).storeKey(wanted.keyOf(i)),
    write: (out, i) => wanted.readerOf(i).write(out, wanted.keyOf(i)),
    take: (bytes, start, i) => wanted.readerOf(i).take(bytes, start, wanted.rowOf(i)),
  });
  return reads;
}

/** What is sent for each entity, but for its key, and what the answer to it is. */
interface RowCommand {
  readonly view: FeatureView;
  readonly head: Buffer;
  readonly tail: Buffer;
  readonly types: readonly ValueType[];
}

/** Commands by the features that they ask for: models ask for the same ones again and again. */
const known = new WeakMap<readonly Feature[], RowCommand>();

function rowCommand({ view, features, created = false }: ReadRequest): RowCommand {
  if (created) return makeCommand(view, features, [createdField(view.name)]);
  const command = known.get(features);
  if (command?.view === view) return command;
  const made = makeCommand(view, features, []);
  known.set(features, made);
  return made;
}

function makeCommand(view: FeatureView, features: readonly Feature[], more: readonly Buffer[]): RowCommand {
  const fields = [timestampField(view.name), ...features.map(({ name }) => featureField(view.name, name)), ...more];
  const head = new ByteWriter();
  beginCommand(head, fields.length + 2);
  writeArgument(head, "HMGET");
  const tail = new ByteWriter();
  for (const field of fields) writeArgument(tail, field);
  return { view, head: head.view(), tail: tail.view(), types: features.map(valueType) };
}

/** One request's command, the same for all entities but for the key, and its answers. */
class ViewRead implements ReadResult {
  readonly eventTimestamps: (TimestampMicros | undefined)[];
  readonly createdTimestamps: (TimestampMicros | undefined)[] = [];
  readonly columns: (FeatureCell | null | undefined)[][];
  readonly #command: RowCommand;
  readonly #form: KeyForm;
  readonly #namesEnd: number;

  constructor(request: ReadRequest, form: KeyForm) {
    const { features, keys } = request;
    this.eventTimestamps = new Array(keys.length).fill(undefined);
    this.columns = features.map(() => new Array(keys.length).fill(undefined));
    this.#command = rowCommand(request);
    this.#form = form;
    this.#namesEnd = entityKeyPrefix(form.joinKeys).length;
  }

  storeKey(key: EntityKey): Buffer {
    return storeKeyOf(this.#form)(key);
  }

  write(out: ByteWriter, key: EntityKey): void {
    const { head, tail } = this.#command;
    out.slice(head, 0, head.length);
    writeKeyArgument(out, this.#form, key, this.#namesEnd);
    out.bytes(tail);
  }

  take(bytes: Buffer, start: number, row: number): void {
    if (bytes[start] !== replyType.array) throw new ReplyCursor(bytes, start).next();
    const fields = readCount(bytes, start);
    const { types } = this.#command;
    let [at, timestampAt, timestampEnd] = [lineEnd(bytes, start), 0, 0];
    for (let i = -1; i < fields - 1; i++) {
      const length = readCount(bytes, at);
      at = lineEnd(bytes, at);
      if (length < 0) continue;
      const end = at + length;
      if (i < 0) [timestampAt, timestampEnd] = [at, end];
      else if (i < types.length) this.#take(i, row, readFeatureValue(bytes, types[i] as ValueType, at, end));
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
