import { quotedIdentifier } from "./quote.ts";
import type { Session } from "./session.ts";

/** Temporary tables of one piece of work, which are gone when it is done. They spill where memory does not hold them. */
export class TemporaryTables implements AsyncDisposable {
  readonly #session: Session;
  readonly #names: string[] = [];

  constructor(session: Session) {
    this.#session = session;
  }

  /** Computes a SELECT into a table and gives its quoted name. `doing` starts the message of an error. */
  async create(label: string, select: string, doing: string): Promise<string> {
    const name = quotedIdentifier(`${label}_${crypto.randomUUID()}`);
    await this.#session.run(`CREATE TEMP TABLE ${name} AS ${select}`, doing);
    this.#names.push(name);
    return name;
  }

  /** How many rows a table has. */
  async count(name: string): Promise<bigint> {
    const { n } = await this.#session.row(`SELECT count(*) AS n FROM ${name}`);
    return n as bigint;
  }

  /** Takes over a table that others make, or do not come to make; its name is quoted. */
  own(name: string): string {
    this.#names.push(name);
    return name;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A session that was closed has taken them with it.
    if (this.#session.isClosed) return;
    for (const name of this.#names) await this.#session.run(`DROP TABLE IF EXISTS ${name}`);
  }
}
