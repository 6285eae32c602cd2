import type { ViewBatch } from "../../../arrow/view-batch.ts";
import { ByteWriter } from "../../../codec/byte-writer.ts";
import { batchKeyWriter, type KeyWriter } from "../../../codec/entity-key.ts";
import type { RowWriter } from "../../../codec/value-payload.ts";
import { sendAll } from "../../../in-flight.ts";
import { leaseMs } from "../../run/leased-run.ts";
import { runScript } from "../scripts/run-script.ts";
import { follow } from "../servers/following.ts";
import type { RedisNode } from "../servers/redis-node.ts";
import { ArgumentWriter } from "../wire/argument-writer.ts";
import type { Argument } from "../wire/command-writer.ts";
import type { Reply } from "../wire/reply.ts";
import type { RowCounts, WriteContext } from "./write-batch.ts";

/** Rows per script call: Redis serves nobody else while it runs, which should be about a millisecond. */
const chunkRows = 128;
/** Room for the rows of most calls. */
const chunkBytes = 1 << 15;
/** Calls that wait for their replies: enough that neither end waits for the other, and few enough to be little memory. */
const callsInFlight = 16;

/** Merges rows, by number, with what is stored: by script calls of bounded size, some of them under way at a time. */
export function mergeRows(context: WriteContext, batch: ViewBatch, rows: readonly number[]): Promise<RowCounts> {
  return new Merge(context, batch).write(rows, 0);
}

/** Rows on their way to one server. */
interface Chunk {
  readonly node: RedisNode;
  /** Their numbers. */
  readonly rows: number[];
  /** The rows that live, as the layout's script takes them. */
  readonly body: ByteWriter;
  /** How many live. */
  living: number;
  /** The keys of the others. */
  readonly gone: ByteWriter;
}

class Merge {
  readonly #context: WriteContext;
  readonly #batch: ViewBatch;
  readonly #writeKey: KeyWriter;
  readonly #writeRow: RowWriter;
  readonly #arguments: readonly Argument[];
  readonly #keyArgument = new ArgumentWriter();
  readonly #rowArgument = new ArgumentWriter();

  constructor(context: WriteContext, batch: ViewBatch) {
    const { layout, view, terms } = context;
    this.#context = context;
    this.#batch = batch;
    this.#writeKey = batchKeyWriter(layout.keyForm(view), batch.joinKeys);
    this.#writeRow = layout.rowWriter(view, batch);
    this.#arguments = layout.writeArguments(view, terms);
  }

  /** Writes rows by number. `attempt`: how often they have been sent to a server that does not hold them any more. */
  async write(rows: readonly number[], attempt: number): Promise<RowCounts> {
    let [written, deleted] = [0, 0];
    await sendAll(this.#chunks(rows), callsInFlight, async (chunk) => {
      const counts = await this.#send(chunk, attempt);
      written += counts.written;
      deleted += counts.deleted;
    });
    return { written, deleted };
  }

  *#chunks(rows: readonly number[]): Generator<Chunk> {
    const { servers } = this.#context;
    const only = servers.partitioned ? undefined : servers.nodes()[0];
    const open = new Map<RedisNode, Chunk>();
    const key = new ByteWriter();
    for (const row of rows) {
      key.truncate(0);
      if (!this.#writeKey(key, row)) continue;
      const node = only ?? servers.nodeOf(key.view());
      let chunk = open.get(node);
      if (chunk === undefined) {
        chunk = { node, rows: [], body: new ByteWriter(chunkBytes), living: 0, gone: new ByteWriter() };
        open.set(node, chunk);
      }
      this.#add(chunk, key, row);
      if (chunk.rows.length < chunkRows) continue;
      open.delete(node);
      yield chunk;
    }
    yield* open.values();
  }

  #add(chunk: Chunk, key: ByteWriter, row: number): void {
    const lives = this.#batch.event.valid(row);
    chunk.rows.push(row);
    if (!lives) {
      lengthAndBytes(chunk.gone, key);
      return;
    }
    chunk.living++;
    if (this.#context.layout.rowsAs === "text") {
      lengthAndBytes(chunk.body, key);
      this.#writeRow(chunk.body, row);
    } else {
      const keyStart = this.#keyArgument.begin(chunk.body);
      chunk.body.append(key);
      this.#keyArgument.end(chunk.body, keyStart);
      const rowStart = this.#rowArgument.begin(chunk.body);
      this.#writeRow(chunk.body, row);
      this.#rowArgument.end(chunk.body, rowStart);
    }
  }

  /** Sends a chunk; when its keys have moved, its rows once more, to whoever holds them then. */
  async #send(chunk: Chunk, attempt: number): Promise<RowCounts> {
    const { markOn, token, servers } = this.#context;
    try {
      return await this.#call(chunk, markOn(chunk.node), token);
    } catch (error) {
      await follow(servers, error, attempt);
      return this.write(chunk.rows, attempt + 1);
    }
  }

  async #call({ node, body, living, gone }: Chunk, key: Argument, token: string): Promise<RowCounts> {
    const rows =
      this.#context.layout.rowsAs === "text"
        ? [body.view(), living, gone.view(), ...this.#arguments]
        : [gone.view(), ...this.#arguments, { count: living * 2, written: body.view() }];
    const args = [token, leaseMs, ...rows];
    const [written, deleted] = (await runScript(node, this.#context.script, key, args)) as Reply[];
    return { written: Number(written), deleted: Number(deleted) };
  }
}

function lengthAndBytes(out: ByteWriter, bytes: ByteWriter): void {
  out.u32(bytes.length);
  out.append(bytes);
}
