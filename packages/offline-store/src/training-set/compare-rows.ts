import { quotedIdentifier, type Session } from "@icecore/iceberg-catalog/duckdb";
import type { BuiltTrainingSet } from "./build.ts";
import type { TrainingSetLock } from "./lock.ts";

/** How the rows of two training sets differ. */
export interface RowDifferences {
  /** How rows were told to be the same: by their position where the spines are equal, else by the spine's columns. */
  readonly matchedBy: "position" | "spine";
  readonly matched: bigint;
  readonly onlyInA: bigint;
  readonly onlyInB: bigint;
  /** The features that both have and whose values are not all the same. */
  readonly changed: readonly ChangedFeature[];
}

/** In how many matched rows a feature has another value, and the first of them in A, from 0. */
export interface ChangedFeature {
  readonly column: string;
  readonly rows: bigint;
  readonly firstRow: bigint;
}

/** A training set while it is in DuckDB, and its lock. */
export interface ComparedSet {
  readonly lock: TrainingSetLock;
  readonly built: BuiltTrainingSet;
}

/** Compares the rows of two training sets of one session. */
export async function compareRows(session: Session, a: ComparedSet, b: ComparedSet): Promise<RowDifferences> {
  const byPosition = a.built.spine.digest === b.built.spine.digest;
  const keys = commonSpineColumns(a, b);
  const features = commonFeatures(a, b);
  const equal = byPosition ? "a.__n = b.__n" : ["a.__n = b.__n", ...keys.map(sameColumn)].join(" AND ");
  const matched = "a.__n IS NOT NULL AND b.__n IS NOT NULL";
  const counts = [
    `count(*) FILTER (WHERE ${matched}) AS matched`,
    "count(*) FILTER (WHERE b.__n IS NULL) AS only_a",
    "count(*) FILTER (WHERE a.__n IS NULL) AS only_b",
    ...features.flatMap((column, index) => {
      const changed = `FILTER (WHERE ${matched} AND NOT ${sameColumn(column)})`;
      return [`count(*) ${changed} AS changed_${index}`, `min(a.__position) ${changed} AS first_${index}`];
    }),
  ];
  const row = await session.row(
    `SELECT ${counts.join(", ")}
     FROM ${numbered(a, byPosition ? [] : keys)} a FULL JOIN ${numbered(b, byPosition ? [] : keys)} b ON ${equal}`,
    "comparing the rows",
  );
  const count = (name: string): bigint => BigInt(String(row[name]));
  return {
    matchedBy: byPosition ? "position" : "spine",
    matched: count("matched"),
    onlyInA: count("only_a"),
    onlyInB: count("only_b"),
    changed: features
      .map((column, index) => ({ column, index, rows: count(`changed_${index}`) }))
      .filter(({ rows }) => rows > 0n)
      .map(({ column, index, rows }) => ({ column, rows, firstRow: count(`first_${index}`) })),
  };
}

/** Rows with a number: of all, or of those that have the same keys. */
function numbered({ built }: ComparedSet, keys: readonly string[]): string {
  if (keys.length === 0) return `(SELECT rowid AS __n, rowid AS __position, * FROM ${built.table})`;
  const partition = keys.map(quotedIdentifier).join(", ");
  return `(SELECT row_number() OVER (PARTITION BY ${partition} ORDER BY rowid) AS __n, rowid AS __position, * FROM ${built.table})`;
}

const sameColumn = (column: string): string =>
  `a.${quotedIdentifier(column)} IS NOT DISTINCT FROM b.${quotedIdentifier(column)}`;

function commonSpineColumns(a: ComparedSet, b: ComparedSet): readonly string[] {
  const others = new Set(spineColumns(b.lock));
  return spineColumns(a.lock).filter((column) => others.has(column));
}

function spineColumns({ views, result }: TrainingSetLock): readonly string[] {
  const features = new Set(views.flatMap((view) => view.features.map(({ output }) => output)));
  return result.columns.map(({ name }) => name).filter((name) => !features.has(name));
}

/** Outputs of the same name and type. */
function commonFeatures(a: ComparedSet, b: ComparedSet): readonly string[] {
  const spine = new Set([...spineColumns(a.lock), ...spineColumns(b.lock)]);
  return a.lock.result.columns
    .filter(
      ({ name, type }) =>
        !spine.has(name) && b.lock.result.columns.some((other) => other.name === name && other.type === type),
    )
    .map(({ name }) => name);
}
