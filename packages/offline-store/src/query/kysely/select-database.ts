import { type Dialect, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from "kysely";
import { literal } from "./literal.ts";
import { type OpenSelect, SelectDriver } from "./select-driver.ts";

/** What of Kysely reads. */
export type SelectDatabase<Tables> = Pick<
  Kysely<Tables>,
  "selectFrom" | "selectNoFrom" | "with" | "withRecursive" | "fn" | "dynamic" | "case"
>;

/** Kysely over queries. Its SQL is DuckDB's: PostgreSQL's, with values as literals, by which files can be chosen. */
export function selectDatabase<Tables>(open: OpenSelect): SelectDatabase<Tables> {
  const dialect: Dialect = {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new SelectDriver(open),
    createIntrospector: (database) => new PostgresIntrospector(database),
    createQueryCompiler: () => new LiteralQueryCompiler(),
  };
  return new Kysely<Tables>({ dialect });
}

class LiteralQueryCompiler extends PostgresQueryCompiler {
  protected override appendValue(value: unknown): void {
    this.append(literal(value));
  }

  protected override appendImmediateValue(value: unknown): void {
    this.append(literal(value));
  }
}
