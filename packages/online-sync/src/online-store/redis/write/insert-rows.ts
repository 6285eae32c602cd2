import type { ViewBatch } from "../../../arrow/view-batch.ts";
import { ByteWriter } from "../../../codec/byte-writer.ts";
import type { InsertWriter } from "../layout/redis-layout.ts";
import { rowExpiry } from "../layout/row-expiry.ts";
import { guardRunScript } from "../scripts/lease.ts";
import type { RedisNode } from "../servers/redis-node.ts";
import { writeCommand } from "../wire/command-writer.ts";
import { lineEnd, type Reply, readCount, replyType } from "../wire/reply.ts";
import { sendAll } from "./in-flight.ts";
import type { WriteContext } from "./write-batch.ts";

/** Rows per transaction: Redis serves nobody else while it is carried out, which should be about a millisecond. */
const transactionRows = 128;
const transactionBytes = 1 << 15;
/** Transactions that wait for their replies: what Redis does while a batch is read from elsewhere. */
const transactionsInFlight = 48;

/** Rows in one transaction, which were written as commands. */
interface Transaction {
  readonly rows: readonly number[];
  readonly commands: ByteWriter;
}

/**
 * Inserts rows whose keys hold nothing yet; gives the others. Each row is a plain command, which is refused where there is
 * something; a script would cost Redis more than twice as much. Where most are refused, no more are tried.
 *
 * So many at a time are a transaction, before which a script looks whether the view is still the run's. If it is not, it
 * touches the view's mark, which is watched: the transaction does nothing, as when another run begins meanwhile.
 */
export async function insertRows(context: WriteContext, batch: ViewBatch): Promise<readonly number[]> {
  const { servers, layout, view, terms, token, markOn } = context;
  const all = Array.from({ length: batch.rowCount }, (_, row) => row);
  const [node] = servers.nodes();
  if (servers.partitioned || node === undefined) return all;
  const insert = layout.insertWriter(view, batch, rowExpiry(view, batch, terms, await secondsOn(node)));
  const guard = new Guard(node, markOn(node), token);
  if (insert === undefined || !(await guard.works())) return all;
  const left: number[] = [];
  let worthwhile = true;
  function* transactions(): Generator<Transaction> {
    let row = 0;
    while (row < batch.rowCount && worthwhile) {
      const end = Math.min(row + transactionRows, batch.rowCount);
      yield writeTransaction(insert as InsertWriter, row, end, left);
      row = end;
    }
    for (; row < batch.rowCount; row++) left.push(row);
  }
  await sendAll(transactions(), transactionsInFlight, async ({ rows, commands }) => {
    const refused = await guard.run(rows.length, commands);
    if (refused.length * 2 > rows.length) worthwhile = false;
    for (const index of refused) left.push(rows[index] as number);
  });
  return left;
}

function writeTransaction(insert: InsertWriter, start: number, end: number, left: number[]): Transaction {
  const commands = new ByteWriter(transactionBytes);
  const rows: number[] = [];
  for (let row = start; row < end; row++) {
    const before = commands.length;
    if (insert(commands, row)) {
      rows.push(row);
    } else {
      commands.truncate(before);
      left.push(row);
    }
  }
  return { rows, commands };
}

/** Transactions of a run that do nothing once it has lost its view. */
class Guard {
  readonly #node: RedisNode;
  readonly #before = new ByteWriter();
  readonly #after = new ByteWriter();

  constructor(node: RedisNode, mark: string, token: string) {
    this.#node = node;
    writeCommand(this.#before, ["WATCH", mark]);
    writeCommand(this.#before, ["EVAL", guardRunScript, 1, mark, token]);
    writeCommand(this.#before, ["MULTI"]);
    writeCommand(this.#after, ["EXEC"]);
  }

  /** Whether the user may do all that, and the view is still the run's. */
  async works(): Promise<boolean> {
    let works = true;
    await this.#node.run({
      count: 4,
      write: (out) => this.#write(out, undefined),
      take: (bytes, start, index) => {
        if (bytes[start] === replyType.error || (index === 3 && readCount(bytes, start) !== 0)) works = false;
      },
    });
    return works;
  }

  /** Which of so many commands were refused, by their numbers. */
  async run(count: number, commands: ByteWriter): Promise<readonly number[]> {
    let refused: readonly number[] = [];
    await this.#node.run({
      count: count + 4,
      write: (out) => this.#write(out, commands),
      take: (bytes, start, index) => {
        if (index === count + 3) refused = refusedOf(bytes, start, count);
      },
    });
    return refused;
  }

  #write(out: ByteWriter, commands: ByteWriter | undefined): void {
    out.append(this.#before);
    if (commands !== undefined) out.append(commands);
    out.append(this.#after);
  }
}

/** The commands of a transaction that were not answered with OK; all where it was not carried out. */
function refusedOf(bytes: Buffer, start: number, count: number): readonly number[] {
  const done = bytes[start] === replyType.array ? Math.max(readCount(bytes, start), 0) : 0;
  const refused: number[] = [];
  let at = lineEnd(bytes, start);
  for (let index = 0; index < count; index++) {
    if (index >= done || bytes[at] !== replyType.status) refused.push(index);
    if (index < done) at = lineEnd(bytes, at);
  }
  return refused;
}

/** What time it is for Redis, in seconds: expiry is by its clock. */
async function secondsOn(node: RedisNode): Promise<number> {
  const [seconds] = (await node.command("TIME")) as Reply[];
  return Number(String(seconds));
}
