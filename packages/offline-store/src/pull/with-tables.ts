import { type Session, TemporaryTables } from "@icecore/iceberg-catalog/duckdb";

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
