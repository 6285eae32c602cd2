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
    this.own(name);
    // Nothing is said where DuckDB makes several statements of one, as of a PIVOT.
    this.#tables.set(name, (count as bigint | undefined) ?? (await this.#countRows(name)));
    return name;
  }

  /** How many rows a table had that was created here, when it was. */
  count(name: string): bigint {
    const count = this.#tables.get(name);
    if (count === undefined) throw new Error(`nobody knows how many rows ${name} has`);
    return count;
  }

  /** Takes over a table that others make, or do not come to make; its name is quoted. */
  own(name: string): string {
    this.#tables.set(name, undefined);
    return name;
  }

  async #countRows(name: string): Promise<bigint> {
    const { n } = await this.#session.row(`SELECT count(*) AS n FROM ${name}`);
    return n as bigint;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A session that was closed has taken them with it.
    if (this.#session.isClosed) return;
    for (const name of this.#tables.keys()) await this.#session.run(`DROP TABLE IF EXISTS ${name}`);
  }
}

/** A result that reads temporary tables: they are dropped when it is disposed of, or making it fails. */
export async function withTables<T extends object>(
  session: Session,
  make: (tables: TemporaryTables) => Promise<T>,
): Promise<T & AsyncDisposable> {
  const tables = new TemporaryTables(session);
  try {
    return { ...(await make(tables)), [Symbol.asyncDispose]: () => tables[Symbol.asyncDispose]() };
  } catch (error) {
    await tables[Symbol.asyncDispose]();
    throw error;
  }
}
