import { isPrimitive } from "@icecore/iceberg-catalog";
import { quotedIdentifier, type RowSource, type Session } from "@icecore/iceberg-catalog/duckdb";
import { OfflineStoreError } from "../errors.ts";
import type { IngestColumn } from "./match-columns.ts";

/** One rule about the values of a column: `bad` is an SQL condition over the source's row. */
interface RowRule {
  readonly column: string;
  /** What a message shows of it. */
  readonly value: string;
  readonly bad: string;
  readonly complaint: string;
}

/** How many rows a message names for each rule. */
const namedRows = 3;
/** How many rows an error knows in all. */
const knownRows = 10_000;

/**
 * Checks every value against the table's types and its required columns. One parallel pass counts; only where
 * something is bad does a second one find the rows. `isForOnline`: they are for the online store, too.
 * @returns the number of rows
 * @throws OfflineStoreError `DATA_INVALID` with all findings, rows numbered from 1
 */
export async function checkRows(
  session: Session,
  source: RowSource,
  columns: readonly IngestColumn[],
  isForOnline = false,
): Promise<bigint> {
  const rules = columns.flatMap((column) => [...rulesOf(column), ...(isForOnline ? onlineRulesOf(column) : [])]);
  const counts = rules.map((rule, index) => `count(*) FILTER (WHERE ${rule.bad}) AS bad_${index}`);
  const row = await session.row(
    `SELECT ${["count(*) AS total", ...counts].join(", ")} FROM ${source.relation}`,
    source.label,
  );
  const broken = rules.filter((_, index) => Number(row[`bad_${index}`]) > 0);
  if (broken.length === 0) return BigInt(String(row["total"]));
  const findings = [];
  for (const rule of broken)
    findings.push(await describeRule(session, source, rule, Number(row[`bad_${rules.indexOf(rule)}`])));
  const rows = await brokenRows(session, source, broken);
  throw new OfflineStoreError("DATA_INVALID", `${source.label}: ${findings.join("\n")}`, { rows });
}

async function brokenRows(session: Session, source: RowSource, broken: readonly RowRule[]): Promise<readonly number[]> {
  const bad = broken.map((rule) => `(${rule.bad})`).join(" OR ");
  const rows = await session.rows(
    `SELECT row_number FROM (SELECT row_number() OVER () AS row_number, ${bad} AS bad FROM ${source.relation})
     WHERE bad ORDER BY row_number LIMIT ${knownRows}`,
    source.label,
  );
  return rows.map((row) => Number(row["row_number"]));
}

function rulesOf(column: IngestColumn): readonly RowRule[] {
  const { field, check } = column;
  const rules: RowRule[] = [];
  const name = quotedIdentifier(field.name);
  if (check !== undefined) {
    const bad = `${check.source} IS NOT NULL AND (${check.orNull ?? column.sql}) IS NULL`;
    rules.push({ column: name, value: check.source, bad, complaint: `is not ${check.expected}` });
  }
  if (field.required) {
    const source = check?.source ?? column.sql;
    rules.push({ column: name, value: source, bad: `${source} IS NULL`, complaint: "is null, and every row needs it" });
  }
  return rules;
}

/** No online store holds a list with a null in it. */
function onlineRulesOf({ field, sql, check }: IngestColumn): readonly RowRule[] {
  if (isPrimitive(field.type) || field.type.kind !== "list") return [];
  const value = check?.orNull ?? sql;
  const complaint = "has a null inside, which no online store holds";
  return [{ column: quotedIdentifier(field.name), value, bad: `list_count(${value}) < len(${value})`, complaint }];
}

async function describeRule(session: Session, source: RowSource, rule: RowRule, count: number): Promise<string> {
  const rows = await session.rows(
    `SELECT row_number, value FROM (
       SELECT row_number() OVER () AS row_number, CAST(${rule.value} AS VARCHAR) AS value, (${rule.bad}) AS bad
       FROM ${source.relation}
     ) WHERE bad ORDER BY row_number LIMIT ${namedRows}`,
    source.label,
  );
  const named = rows.map((row) => `row ${row["row_number"]}${row["value"] === null ? "" : ` ("${row["value"]}")`}`);
  const more = count > named.length ? ` and ${count - named.length} more` : "";
  return `column ${rule.column} ${rule.complaint}: ${named.join(", ")}${more}`;
}
