import { quotedIdentifier } from "./quote.ts";
import type { Session } from "./session.ts";

/** Temporary tables of one piece of work, which are gone when it is done. They spill where memory does not hold them. */
export class TemporaryTables implements AsyncDisposable {
  readonly #session: Session;
  /** By name, and how many rows each has, where that is known. */
  readonly #tables = new Map<string, bigint | undefined>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** Computes a SELECT into a table and gives its quoted name. `doing` starts the message of an error. */
  async create(label: string, select: string, doing: string): Promise<string> {
    const name = quotedIdentifier(`${label}_${crypto.randomUUID()}`);
    const { Count: count } = await this.#session.row(`CREATE TEMP TABLE ${name} AS ${select}`, doing);
    this.#tables.set(name, count as bigint);
    return name;
  }

  /** How many rows a table had that was created here, when it was. */
  count(name: string): bigint {
    const count = this.#tables.get(name);
    if (count === undefined) throw new Error(`${name} was not created here`);
    return count;
  }

  /** Takes over a table that others make, or do not come to make; its name is quoted. */
  own(name: string): string {
    this.#tables.set(name, undefined);
    return name;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A session that was closed has taken them with it.
    if (this.#session.isClosed) return;
    for (const name of this.#tables.keys()) await this.#session.run(`DROP TABLE IF EXISTS ${name}`);
  }
}
