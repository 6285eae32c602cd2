import { filePathId, positionId } from "../../spec/reserved-field-ids.ts";
import type { NestedField } from "../../spec/types.ts";
import { escapeGlob, quotedIdentifier, quotedString } from "../quote.ts";
import { duckdbTypeOf } from "../types.ts";
import type { EqualityDelete, ReadableFile } from "./readable-file.ts";
import { readAs, typeInFile } from "./shape-sql.ts";

/** A column to read from a table's files, under the name it has in the schema that is read. */
export interface TableColumn {
  readonly field: NestedField;
  /** The value of rows in files that are older than the column, as text DuckDB casts; null when absent. */
  readonly default?: string | undefined;
}

/** What a relation has beside the columns: where each row lies, counted over all rows of its file. */
export const filePathColumn = "__file_path";
export const positionColumn = "__position";

/**
 * An SQL relation over data files of any age, without the rows that delete files take away. Columns are found by field
 * id, so renamed, widened and later added columns are right for every file (spec, "Column Projection"). With `positions`
 * it says of each row in which file it lies ({@link filePathColumn}: its path on this machine) and where.
 */
export function tableRelation(
  files: readonly ReadableFile[],
  columns: readonly TableColumn[],
  { positions = false }: { readonly positions?: boolean } = {},
): string {
  if (files.length === 0) return emptyRelation(columns, positions);
  const groups = [...groupAlike(files).values()].map((group) => groupRelation(group, columns, positions));
  const [only] = groups;
  if (groups.length === 1 && only !== undefined) return only;
  return `(${groups.map((group) => `SELECT * FROM ${group}`).join(" UNION ALL ")})`;
}

function emptyRelation(columns: readonly TableColumn[], positions: boolean): string {
  const nothing = columns.map(
    ({ field }) => `CAST(NULL AS ${duckdbTypeOf(field.type)}) AS ${quotedIdentifier(field.name)}`,
  );
  const places = positions ? [`'' AS ${filePathColumn}`, `0::BIGINT AS ${positionColumn}`] : [];
  return `(SELECT ${[...nothing, ...places].join(", ")} WHERE false)`;
}

/** Files that have the same deletes and the same odd columns are read together: most often none have any. */
function groupAlike(files: readonly ReadableFile[]): ReadonlyMap<string, readonly ReadableFile[]> {
  const groups = new Map<string, ReadableFile[]>();
  for (const file of files) {
    const { positionDeletes, equalityDeletes, shapes } = file;
    const key = JSON.stringify([positionDeletes, equalityDeletes.map(({ path }) => path), [...shapes]]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [file]);
    else group.push(file);
  }
  return groups;
}

function groupRelation(files: readonly ReadableFile[], columns: readonly TableColumn[], positions: boolean): string {
  const { positionDeletes = [], equalityDeletes = [], shapes = new Map() } = files[0] ?? {};
  const paths = files.map(({ path }) => path);
  const hasDeletes = positionDeletes.length > 0 || equalityDeletes.length > 0;
  const entries = columns.map((column) => columnEntry(column, shapes));
  if (!hasDeletes && !positions && shapes.size === 0) return readParquet(paths, entries);
  const compared = new Map(equalityDeletes.flatMap((file) => file.columns).map((field) => [field.id, field]));
  const hidden = [...compared.values()].filter((field) => !columns.some((column) => column.field.id === field.id));
  const nameOf = (field: NestedField): string =>
    columns.find((column) => column.field.id === field.id)?.field.name ?? hiddenName(field);
  const rows = readParquet(
    paths,
    [...entries, ...hidden.map((field) => entry(field.id, hiddenName(field), duckdbTypeOf(field.type)))],
    "filename = true, file_row_number = true",
  );
  const places = positions ? [`f.filename AS ${filePathColumn}`, `f.file_row_number AS ${positionColumn}`] : [];
  const selected = [...columns.map((column) => selectedColumn(column, shapes)), ...places].join(", ");
  const antiJoins = [
    ...(positionDeletes.length === 0 ? [] : [antiJoinPositions(files, positionDeletes)]),
    ...equalityDeletes.map((file, index) => antiJoinEqual(file, `e${index}`, nameOf)),
  ];
  return `(SELECT ${selected} FROM ${rows} f ${antiJoins.join(" ")})`;
}

type Shapes = ReadableFile["shapes"];

function columnEntry({ field, default: value }: TableColumn, shapes: Shapes): string {
  const shape = shapes.get(field.id);
  return entry(
    field.id,
    field.name,
    shape === undefined ? duckdbTypeOf(field.type) : typeInFile(field.type, shape),
    value,
  );
}

function selectedColumn({ field }: TableColumn, shapes: Shapes): string {
  const column = `f.${quotedIdentifier(field.name)}`;
  const shape = shapes.get(field.id);
  return shape === undefined ? column : `${readAs(field.type, column, shape)} AS ${quotedIdentifier(field.name)}`;
}

/** Rows by file and position: a position counts every row of the file, so it is taken before any filter. */
function antiJoinPositions(files: readonly ReadableFile[], deletes: readonly string[]): string {
  const named = files
    .map(({ path, location }) => `WHEN ${quotedString(path)} THEN ${quotedString(location)}`)
    .join(" ");
  const positions = readParquet(deletes, [
    entry(filePathId, "file_path", "VARCHAR"),
    entry(positionId, "pos", "BIGINT"),
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
    columns.map((field) => entry(field.id, hiddenName(field), duckdbTypeOf(field.type))),
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
  const schema = entries.length === 0 ? "" : `, schema = MAP {${entries.join(", ")}}`;
  return `read_parquet([${list}]${schema}${rest})`;
}

function entry(id: number, name: string, type: string, value?: string): string {
  const fallback = value === undefined ? "NULL" : quotedString(value);
  return `${id}: {name: ${quotedString(name)}, type: ${quotedString(type)}, default_value: ${fallback}}`;
}
