import type { ViewBatch } from "../../../arrow/view-batch.ts";
import { ByteWriter } from "../../../codec/byte-writer.ts";
import type { Inserts } from "../layout/redis-layout.ts";
import { rowExpiry } from "../layout/row-expiry.ts";
import type { RedisNode } from "../servers/redis-node.ts";
import { writeCommand } from "../wire/command-writer.ts";
import type { Reply } from "../wire/reply.ts";
import { GuardedTransactions, type Replies } from "./guarded-transactions.ts";
import { sendAll } from "./in-flight.ts";
import type { WriteContext } from "./write-batch.ts";

/** Rows per transaction: Redis serves nobody else while it is carried out, which should be about a millisecond. */
const transactionRows = 128;
const transactionBytes = 1 << 15;
/** Transactions that wait for their replies: what Redis does while a batch is read from elsewhere. */
const transactionsInFlight = 48;

/**
 * Inserts rows whose keys hold nothing yet; gives the others. A plain command is refused where there is something; a script
 * would cost Redis more than twice as much. Where most are refused, no more are tried.
 *
 * So many at a time are a transaction, before which a script looks whether the view is still the run's. If it is not, it
 * touches the view's mark, which is watched: the transaction does nothing, as when another run begins meanwhile.
 */
export async function insertRows(context: WriteContext, batch: ViewBatch): Promise<readonly number[]> {
  const { servers, layout, view, terms, token, markOn } = context;
  const all = Array.from({ length: batch.rowCount }, (_, row) => row);
  const [node] = servers.nodes();
  if (servers.partitioned || node === undefined) return all;
  const inserts = layout.inserts(view, batch, rowExpiry(view, batch, terms, await secondsOn(node)));
  const guard = new GuardedTransactions(node, markOn(node), token);
  if (inserts === undefined || !(await guard.work())) return all;
  const left: number[] = [];
  let worthwhile = true;
  function* transactions(): Generator<Transaction> {
    let row = 0;
    while (row < batch.rowCount && worthwhile) {
      const end = Math.min(row + transactionRows, batch.rowCount);
      yield writeTransaction(inserts as Inserts, row, end, left);
      row = end;
    }
    for (; row < batch.rowCount; row++) left.push(row);
  }
  await sendAll(transactions(), transactionsInFlight, async ({ rows, count, commands, refused }) => {
    const numbers = refused(await guard.run(count, commands));
    if (numbers.length * 2 > rows.length) worthwhile = false;
    for (const number of numbers) left.push(rows[number] as number);
  });
  return left;
}

/** Commands that insert rows, and what becomes of them. */
interface Transaction {
  readonly rows: readonly number[];
  /** How many commands there are. */
  readonly count: number;
  readonly commands: ByteWriter;
  /** Which of the rows were refused, by their numbers in `rows`; no replies: nothing was carried out. */
  readonly refused: (replies: Replies | undefined) => readonly number[];
}

function writeTransaction({ as, write }: Inserts, start: number, end: number, left: number[]): Transaction {
  const body = new ByteWriter(transactionBytes);
  const rows: number[] = [];
  for (let row = start; row < end; row++) {
    const before = body.length;
    if (write(body, row)) {
      rows.push(row);
    } else {
      body.truncate(before);
      left.push(row);
    }
  }
  return as === "commands"
    ? { rows, count: rows.length, commands: body, refused: (replies) => refusedCommands(rows, replies) }
    : togetherTransaction(rows, body);
}

function refusedCommands(rows: readonly number[], replies: Replies | undefined): readonly number[] {
  return [...rows.keys()].filter((index) => replies?.isStatus(index) !== true);
}

/**
 * One MSETNX for all. It takes the last of several rows that have the same key, whatever their age: then there are fewer keys
 * more than there are rows, and all of them are to be merged.
 */
function togetherTransaction(rows: readonly number[], body: ByteWriter): Transaction {
  const commands = new ByteWriter(body.length + 64);
  if (rows.length > 0) {
    writeCommand(commands, ["DBSIZE"]);
    writeCommand(commands, ["MSETNX", { count: rows.length * 2, written: body.view() }]);
    writeCommand(commands, ["DBSIZE"]);
  }
  const refused = (replies: Replies | undefined) => {
    if (rows.length === 0) return [];
    const set = replies?.number(1) === 1 && (replies.number(2) ?? 0) - (replies.number(0) ?? 0) === rows.length;
    return set ? [] : [...rows.keys()];
  };
  return { rows, count: rows.length > 0 ? 3 : 0, commands, refused };
}

/** What time it is for Redis, in seconds: expiry is by its clock. */
async function secondsOn(node: RedisNode): Promise<number> {
  const [seconds] = (await node.command("TIME")) as Reply[];
  return Number(String(seconds));
}
