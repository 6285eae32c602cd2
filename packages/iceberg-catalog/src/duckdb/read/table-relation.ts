import { groupBy } from "../../spec/group-by.ts";
import { filePathId, positionId } from "../../spec/reserved-field-ids.ts";
import type { NestedField } from "../../spec/types.ts";
import { internalName } from "../internal-name.ts";
import { quotedIdentifier, quotedString } from "../quote.ts";
import { refuseLookAlikes } from "../refuse-look-alikes.ts";
import { duckdbTypeOf } from "../types.ts";
import { type FileColumn, filePathColumn, fileRows, positionColumn } from "./file-rows.ts";
import type { EqualityDelete, ReadableFile } from "./readable-file.ts";

/** A column to read from a table's files, under the name it has in the schema that is read. */
export interface TableColumn {
  readonly field: NestedField;
  /** The value of rows in files that are older than the column, as text DuckDB casts; null when absent. */
  readonly default?: string | undefined;
}

/**
 * An SQL relation over data files of any age, without the rows that delete files take away. Columns are found by field
 * id, so renamed, widened and later added columns are right for every file. With `positions` it says of each row in which
 * file it lies ({@link filePathColumn}: its path on this machine) and where.
 * @throws IcebergError `UNSUPPORTED` as {@link refuseLookAlikes}
 */
export function tableRelation(
  files: readonly ReadableFile[],
  columns: readonly TableColumn[],
  { positions = false }: { readonly positions?: boolean } = {},
): string {
  refuseLookAlikes(columns.map(({ field }) => field));
  if (files.length === 0) return emptyRelation(columns, positions);
  const groups = [...groupBy(files, likenessOf).values()].map((group) => groupRelation(group, columns, positions));
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

/**
 * Files that the same equality deletes may reach, and that have the same layout, are read together: most often none have
 * any. Which rows are old enough for which deletes is told by sequence numbers, and position deletes name the file they
 * are of, so that all of them can be looked up at once.
 */
const likenessOf = ({ positionDeletes, equalityDeletes, deleteScope, layoutKey }: ReadableFile): string =>
  JSON.stringify([positionDeletes.length > 0, equalityDeletes.length > 0, deleteScope, layoutKey]);

function groupRelation(
  files: readonly [ReadableFile, ...ReadableFile[]],
  columns: readonly TableColumn[],
  positions: boolean,
): string {
  const equalityDeletes = distinctDeletes(files);
  const positionDeletes = [...new Set(files.flatMap((file) => file.positionDeletes))];
  const read = columns.map((column) => ({ ...column, name: column.field.name }));
  if (positionDeletes.length === 0 && equalityDeletes.length === 0 && !positions) return fileRows(files, read, false);
  const compared = new Map(equalityDeletes.flatMap((file) => file.columns).map((field) => [field.id, field]));
  const hidden = [...compared.values()]
    .filter((field) => !columns.some((column) => column.field.id === field.id))
    .map((field) => ({ field, name: hiddenName(field) }));
  const nameOf = (field: NestedField): string =>
    [...read, ...hidden].find((column) => column.field.id === field.id)?.name ?? field.name;
  const places = positions ? [`f.${filePathColumn}`, `f.${positionColumn}`] : [];
  const selected = [...read.map(({ name }) => `f.${quotedIdentifier(name)}`), ...places].join(", ");
  const joins = [
    ...(positionDeletes.length === 0 ? [] : [antiJoinPositions(files, positionDeletes)]),
    ...(equalityDeletes.length === 0 ? [] : [joinAges(files)]),
    // Delete files that compare the same columns are read together.
    ...[...groupBy(equalityDeletes, comparedIds).values()].map((alike, index) =>
      antiJoinEqual(alike, `e${index}`, nameOf),
    ),
  ];
  return `(SELECT ${selected} FROM ${fileRows(files, [...read, ...hidden], true)} f ${joins.join(" ")})`;
}

const distinctDeletes = (files: readonly ReadableFile[]): readonly EqualityDelete[] => [
  ...new Map(files.flatMap(({ equalityDeletes }) => equalityDeletes).map((file) => [file.path, file])).values(),
];

/** Rows by file and position: a position counts every row of the file, so it is taken before any filter. */
function antiJoinPositions(files: readonly ReadableFile[], deletes: readonly string[]): string {
  const named = files.map(({ path, location }) => `(${quotedString(location)}, ${quotedString(path)})`).join(", ");
  const positions = fileRows(deletes.map(deleteFile), positionDeleteColumns, false);
  const deleted = `(SELECT n.path, d.pos FROM ${positions} d JOIN (VALUES ${named}) n(location, path) ON n.location = d.file_path)`;
  return `ANTI JOIN ${deleted} p ON p.path = f.${filePathColumn} AND p.pos = f.${positionColumn}`;
}

const positionDeleteColumns: readonly FileColumn[] = [
  { name: "file_path", field: { id: filePathId, name: "file_path", required: true, type: { kind: "string" } } },
  { name: "pos", field: { id: positionId, name: "pos", required: true, type: { kind: "long" } } },
];

const deleteFile = (path: string) => ({ path, layout: { kind: "by-id" } as const });

const comparedIds = ({ columns }: EqualityDelete): string => columns.map(({ id }) => id).join();

/** How old each row is: as old as the file that it lies in. */
const joinAges = (files: readonly ReadableFile[]): string => `JOIN ${ages(files, "a")} ON a.path = f.${filePathColumn}`;

const ages = (files: readonly Pick<ReadableFile, "path" | "dataSequenceNumber">[], alias: string): string =>
  `(VALUES ${files.map((file) => `(${quotedString(file.path)}, ${file.dataSequenceNumber}::BIGINT)`).join(", ")}) ${alias}(path, age)`;

/** A row goes where the newest deletion of its values is newer than the row. */
function antiJoinEqual(
  files: readonly [EqualityDelete, ...EqualityDelete[]],
  alias: string,
  nameOf: (field: NestedField) => string,
): string {
  const columns = files[0].columns.map((field) => ({ field, name: hiddenName(field) }));
  const values = fileRows(
    files.map(({ path }) => deleteFile(path)),
    columns,
    true,
  );
  const names = columns.map(({ name }) => `d.${quotedIdentifier(name)}`).join(", ");
  const newest = `(SELECT ${names}, max(a.age) AS age FROM ${values} d JOIN ${ages(files, "a")} ON a.path = d.${filePathColumn} GROUP BY ${names})`;
  const same = columns.map(({ field, name }) => {
    return `${alias}.${quotedIdentifier(name)} IS NOT DISTINCT FROM f.${quotedIdentifier(nameOf(field))}`;
  });
  return `ANTI JOIN ${newest} ${alias} ON ${same.join(" AND ")} AND ${alias}.age > a.age`;
}

const hiddenName = (field: NestedField): string => internalName(`deleted_by_${field.id}`);
