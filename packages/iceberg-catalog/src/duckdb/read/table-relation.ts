import type { NestedField } from "../../spec/types.ts";
import { escapeGlob, quotedIdentifier, quotedString } from "../quote.ts";
import { duckdbTypeOf } from "../types.ts";
import type { EqualityDelete, ReadableFile } from "./readable-file.ts";

/** A column to read from a table's files, under the name it has in the schema that is read. */
export interface TableColumn {
  readonly field: NestedField;
  /** The value of rows in files that are older than the column, as text DuckDB casts; null when absent. */
  readonly default?: string | undefined;
}

/**
 * An SQL relation over data files of any age, without the rows that delete files take away. Columns are found by field
 * id, so renamed, widened and later added columns are right for every file (spec, "Column Projection").
 */
export function tableRelation(files: readonly ReadableFile[], columns: readonly TableColumn[]): string {
  if (files.length === 0) {
    const nothing = columns.map(
      ({ field }) => `CAST(NULL AS ${duckdbTypeOf(field.type)}) AS ${quotedIdentifier(field.name)}`,
    );
    return `(SELECT ${nothing.join(", ")} WHERE false)`;
  }
  const groups = [...groupByDeletes(files).values()];
  const [only] = groups;
  if (groups.length === 1 && only !== undefined) return groupRelation(only, columns);
  return `(${groups.map((group) => `SELECT * FROM ${groupRelation(group, columns)}`).join(" UNION ALL ")})`;
}

/** Files to which the same deletes apply are read together: most often none do. */
function groupByDeletes(files: readonly ReadableFile[]): ReadonlyMap<string, readonly ReadableFile[]> {
  const groups = new Map<string, ReadableFile[]>();
  for (const file of files) {
    const key = JSON.stringify([file.positionDeletes, file.equalityDeletes.map(({ path }) => path)]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [file]);
    else group.push(file);
  }
  return groups;
}

function groupRelation(files: readonly ReadableFile[], columns: readonly TableColumn[]): string {
  const { positionDeletes = [], equalityDeletes = [] } = files[0] ?? {};
  const paths = files.map(({ path }) => path);
  if (positionDeletes.length === 0 && equalityDeletes.length === 0) return readParquet(paths, columns.map(schemaEntry));
  const compared = [
    ...new Map(equalityDeletes.flatMap((file) => file.columns).map((field) => [field.id, field])).values(),
  ];
  const hidden = compared.filter((field) => !columns.some((column) => column.field.id === field.id));
  const nameOf = (field: NestedField): string =>
    columns.find((column) => column.field.id === field.id)?.field.name ?? hiddenName(field);
  const entries = [...columns.map(schemaEntry), ...hidden.map((field) => entry(field, hiddenName(field)))];
  const rows = readParquet(paths, entries, "filename = true, file_row_number = true");
  const selected = columns.map(({ field }) => `f.${quotedIdentifier(field.name)}`).join(", ");
  const antiJoins = [
    ...(positionDeletes.length === 0 ? [] : [antiJoinPositions(files, positionDeletes)]),
    ...equalityDeletes.map((file, index) => antiJoinEqual(file, `e${index}`, nameOf)),
  ];
  return `(SELECT ${selected} FROM ${rows} f ${antiJoins.join(" ")})`;
}

/** Reserved ids of the columns of position delete files (spec, "Reserved Field IDs"). */
const filePathId = 2147483546;
const positionId = 2147483545;

/** Rows by file and position: a position counts every row of the file, so it is taken before any filter. */
function antiJoinPositions(files: readonly ReadableFile[], deletes: readonly string[]): string {
  const named = files
    .map(({ path, location }) => `WHEN ${quotedString(path)} THEN ${quotedString(location)}`)
    .join(" ");
  const positions = readParquet(deletes, [
    `${filePathId}: {name: 'file_path', type: 'VARCHAR', default_value: NULL}`,
    `${positionId}: {name: 'pos', type: 'BIGINT', default_value: NULL}`,
  ]);
  return `ANTI JOIN ${positions} p ON p.file_path = CASE f.filename ${named} END AND p.pos = f.file_row_number`;
}

function antiJoinEqual(
  { path, columns }: EqualityDelete,
  alias: string,
  nameOf: (field: NestedField) => string,
): string {
  const values = readParquet(
    [path],
    columns.map((field) => entry(field, hiddenName(field))),
  );
  const same = columns.map((field) => {
    return `${alias}.${quotedIdentifier(hiddenName(field))} IS NOT DISTINCT FROM f.${quotedIdentifier(nameOf(field))}`;
  });
  return `ANTI JOIN ${values} ${alias} ON ${same.join(" AND ")}`;
}

/** A name that no column has: names of users do not begin with two underscores. */
const hiddenName = (field: NestedField): string => `__deleted_by_${field.id}`;

function readParquet(paths: readonly string[], entries: readonly string[], options = ""): string {
  const list = paths.map((path) => quotedString(escapeGlob(path))).join(", ");
  const rest = options === "" ? "" : `, ${options}`;
  return `read_parquet([${list}], schema = MAP {${entries.join(", ")}}${rest})`;
}

function schemaEntry({ field, default: value }: TableColumn): string {
  return entry(field, field.name, value);
}

function entry(field: NestedField, name: string, value?: string): string {
  const fallback = value === undefined ? "NULL" : quotedString(value);
  return `${field.id}: {name: ${quotedString(name)}, type: ${quotedString(duckdbTypeOf(field.type))}, default_value: ${fallback}}`;
}
