import { IcebergError } from "../../errors.ts";
import { alwaysFalse, and, greaterThanOrEqual, lessThanOrEqual, type Predicate } from "../../expr/predicate.ts";
import type { Datum } from "../../spec/manifest.ts";
import { findFieldById } from "../../spec/schema.ts";
import { isPrimitive, type NestedField, type PrimitiveType } from "../../spec/types.ts";
import type { Table } from "../../table.ts";
import { requireColumn } from "../column-path.ts";
import { quotedIdentifier } from "../quote.ts";
import type { Session } from "../session.ts";
import { datumSql, parseDatum } from "../value-sql.ts";

/** A column that tells rows apart. */
export interface KeyColumn extends NestedField {
  readonly type: PrimitiveType;
}

/** The named columns, else the table's identifier fields. @throws IcebergError `INVALID_ARGUMENT` */
export function keysOf({ schema, identifier }: Table, names: readonly string[] | undefined): readonly KeyColumn[] {
  const fields =
    names === undefined
      ? schema.identifierFieldIds.map((id) => findFieldById(schema, id))
      : names.map((name) => requireColumn(schema, name));
  if (fields.length === 0) {
    throw new IcebergError(
      "INVALID_ARGUMENT",
      `${identifier.name} has no identifier fields; say by which columns rows are told apart (on)`,
    );
  }
  return fields.map((field) => {
    if (field !== undefined && isKey(field) && schema.fields.includes(field)) return field;
    throw new IcebergError(
      "INVALID_ARGUMENT",
      `"${field?.name}" cannot tell rows apart: a key is a column of whole numbers, text, bytes, times or decimals`,
    );
  });
}

function isKey(field: NestedField): field is KeyColumn {
  return isPrimitive(field.type) && field.type.kind !== "float" && field.type.kind !== "double";
}

/** @throws IcebergError `ROWS_INVALID` where a key of the given rows is null, or given twice */
export async function refuseBadKeys(
  session: Session,
  given: string,
  keys: readonly KeyColumn[],
  label: string,
): Promise<void> {
  const columns = keys.map(({ name }) => quotedIdentifier(name));
  const isNull = columns.map((column) => `${column} IS NULL`).join(" OR ");
  const nulls = await session.row(`SELECT count(*) AS n FROM ${given} WHERE ${isNull}`);
  const named = keys.map(({ name }) => name).join(", ");
  if (nulls["n"] !== 0n) {
    throw new IcebergError("ROWS_INVALID", `${label}: ${nulls["n"]} rows have no value in their key (${named})`);
  }
  const shown = columns.map((column) => `CAST(${column} AS VARCHAR)`).join(" || ', ' || ");
  const [double] = await session.rows(
    `SELECT ${shown} AS key, count(*) AS n FROM ${given} GROUP BY ${columns.join(", ")} HAVING count(*) > 1 ORDER BY 1 LIMIT 1`,
  );
  if (double === undefined) return;
  throw new IcebergError(
    "ROWS_INVALID",
    `${label}: ${double["n"]} rows have the key ${double["key"]} (${named}); give each key once`,
  );
}

/** Up to so many different keys are looked up one by one when files are planned; of more, only the range is. */
const listedKeys = 1000;

/** Rows that can have one of the given keys: what files are planned by, and what others must not change meanwhile. */
export async function keyRange(session: Session, given: string, keys: readonly KeyColumn[]): Promise<Predicate> {
  const count = await session.row(`SELECT count(*) AS n FROM ${given}`);
  if (count["n"] === 0n) return alwaysFalse;
  const [only] = keys;
  if (keys.length === 1 && only !== undefined && Number(count["n"]) <= listedKeys) {
    const rows = await session.rows(`SELECT ${datumSql(only.type, quotedIdentifier(only.name))} AS key FROM ${given}`);
    const values = rows.map((row) => parseDatum(only.type, row["key"]) as Datum);
    return { op: "in", column: only.name, values };
  }
  const ranges = await Promise.all(keys.map((key) => rangeOf(session, given, key)));
  return and(...ranges);
}

async function rangeOf(session: Session, given: string, { name, type }: KeyColumn): Promise<Predicate> {
  const column = quotedIdentifier(name);
  const row = await session.row(
    `SELECT ${datumSql(type, `min(${column})`)} AS low, ${datumSql(type, `max(${column})`)} AS high FROM ${given}`,
  );
  const [low, high] = [parseDatum(type, row["low"]), parseDatum(type, row["high"])];
  return low === null || high === null ? alwaysFalse : and(greaterThanOrEqual(name, low), lessThanOrEqual(name, high));
}
