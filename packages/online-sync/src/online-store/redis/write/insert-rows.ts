import type { ViewBatch } from "../../../arrow/view-batch.ts";
import type { ByteWriter } from "../../../codec/byte-writer.ts";
import { sendAll } from "../../../in-flight.ts";
import type { Inserts, InsertWriter } from "../layout/redis-layout.ts";
import { rowExpiry } from "../layout/row-expiry.ts";
import type { SpareWriters } from "../wire/spare-writers.ts";
import { type FirstRun, transactionBytes, transactionsInFlight } from "./first-run.ts";
import type { GuardedTransactions } from "./guarded-transactions.ts";
import { type InsertForm, insertForms } from "./insert-forms.ts";
import type { WriteContext } from "./write-batch.ts";

/** Rows per transaction: Redis serves nobody else while it is carried out, which should be about a millisecond. */
const transactionRows = 512;

/**
 * Inserts rows whose keys hold nothing yet; gives the others. A plain command is refused where there is something; a script
 * would cost Redis more than twice as much. Where most are refused, no more are tried.
 *
 * So many at a time are a transaction, before which a script looks whether the view is still the run's. If it is not, it
 * touches the view's mark, which is watched: the transaction does nothing, as when another run begins meanwhile.
 */
export async function insertRows(
  firstRun: FirstRun,
  { servers, layout, view, terms }: WriteContext,
  batch: ViewBatch,
): Promise<readonly number[]> {
  const [node] = servers.nodes();
  if (servers.partitioned || node === undefined) return allRows(batch);
  const server = await firstRun.on(node);
  if (server === undefined) return allRows(batch);
  const inserts = layout.inserts(view, batch, rowExpiry(view, batch, terms, server.now()));
  if (inserts === undefined) return allRows(batch);
  return new Insertion(server.guard, inserts, batch.rowCount, firstRun.spares).run();
}

/** All rows of a batch, by number. */
export const allRows = ({ rowCount }: ViewBatch): readonly number[] =>
  Array.from({ length: rowCount }, (_, row) => row);

/** Rows of one transaction, by number, and what was written for them. */
interface Transaction {
  readonly rows: readonly number[];
  readonly written: ByteWriter;
}

class Insertion {
  readonly #guard: GuardedTransactions;
  readonly #write: InsertWriter;
  readonly #form: InsertForm;
  readonly #rowCount: number;
  readonly #left: number[] = [];
  readonly #spares: SpareWriters;
  #isWorthwhile = true;

  constructor(guard: GuardedTransactions, { as, write }: Inserts, rowCount: number, spares: SpareWriters) {
    this.#guard = guard;
    this.#write = write;
    this.#form = insertForms[as];
    this.#rowCount = rowCount;
    this.#spares = spares;
  }

  /** Gives the rows that were not inserted. */
  async run(): Promise<readonly number[]> {
    await sendAll(this.#transactions(), transactionsInFlight, (transaction) => this.#send(transaction));
    return this.#left;
  }

  *#transactions(): Generator<Transaction> {
    let row = 0;
    while (row < this.#rowCount && this.#isWorthwhile) {
      const [transaction, end] = this.#transaction(row);
      row = end;
      if (transaction.rows.length > 0) yield transaction;
    }
    for (; row < this.#rowCount; row++) this.#left.push(row);
  }

  /** A transaction of rows from `start` on, and where those end. */
  #transaction(start: number): readonly [Transaction, number] {
    const written = this.#spares.take(transactionBytes);
    const rows: number[] = [];
    const end = Math.min(start + transactionRows, this.#rowCount);
    let row = start;
    for (; row < end && written.length < transactionBytes; row++) {
      const before = written.length;
      if (this.#write(written, row)) {
        rows.push(row);
      } else {
        written.truncate(before);
        this.#left.push(row);
      }
    }
    return [{ rows, written }, row];
  }

  async #send({ rows, written }: Transaction): Promise<void> {
    const { commandCount, commands, refused } = this.#form;
    const replies = await this.#guard.run(commandCount(rows.length), commands(rows.length, written));
    this.#spares.give(written);
    const numbers = replies === undefined ? rows.keys() : refused(rows.length, replies);
    const before = this.#left.length;
    for (const number of numbers) this.#left.push(rows[number] as number);
    if ((this.#left.length - before) * 2 > rows.length) this.#isWorthwhile = false;
  }
}
