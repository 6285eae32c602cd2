import type { NestedField } from "../../spec/types.ts";
import { internalName } from "../internal-name.ts";
import { escapeGlob, quotedIdentifier, quotedString } from "../quote.ts";
import { duckdbTypeOf } from "../types.ts";
import { byId, type FileLayout, type Shapes } from "./file-layout.ts";
import type { ReadableFile } from "./readable-file.ts";
import { readAs, typeInFile } from "./shape-sql.ts";

/** A column to read from files, and what to call it. */
export interface FileColumn {
  readonly field: NestedField;
  readonly name: string;
  /** The value of rows in files that are older than the column, as text DuckDB casts; null when absent. */
  readonly default?: string | undefined;
}

/** What a relation has beside the columns: where each row lies, counted over all rows of its file. */
export const filePathColumn: string = internalName("file_path");
export const positionColumn: string = internalName("position");

export interface FileOfRows extends Pick<ReadableFile, "path" | "layout"> {
  /** Undefined where nobody knows. */
  readonly rows?: bigint | undefined;
}

/**
 * An SQL relation over files that are read alike: the columns under their names, and, with `places`, the path on this
 * machine and the position of each row. Columns are found by field id (spec, "Column Projection").
 */
export function fileRows(files: readonly FileOfRows[], columns: readonly FileColumn[], places: boolean): string {
  const layout = files[0]?.layout ?? byId;
  if (layout.kind === "by-name") return rowsByName(files, columns, layout, places);
  if (layout.kind === "by-id" && !places) {
    return readParquet(
      files,
      columns.map((column) => entry(column, column.name, duckdbTypeOf(column.field.type))),
      false,
    );
  }
  const shapes: Shapes = layout.kind === "by-id" ? new Map() : layout.shapes;
  // Under names of our own: a column of the user's that is called `filename` would meet DuckDB's.
  const names = columns.map((_, index) => internalName(`c${index}`));
  const entries = columns.map((column, index) => {
    const shape = shapes.get(column.field.id);
    const { type } = column.field;
    return entry(column, names[index] ?? "", shape === undefined ? duckdbTypeOf(type) : typeInFile(type, shape));
  });
  const selected = columns.map(({ field, name }, index) => {
    const shape = shapes.get(field.id);
    const column = `r.${names[index]}`;
    return `${shape === undefined ? column : readAs(field.type, column, shape)} AS ${quotedIdentifier(name)}`;
  });
  return `(SELECT ${[...selected, ...placesOf(places)].join(", ")} FROM ${readParquet(files, entries, places)} r)`;
}

function rowsByName(
  files: readonly FileOfRows[],
  columns: readonly FileColumn[],
  { shapes, constants }: Extract<FileLayout, { readonly kind: "by-name" }>,
  places: boolean,
): string {
  const selected = columns.map(({ field, name, default: value }) => {
    const shape = shapes.get(field.id);
    const missing = constants.get(field.id) ?? (value === undefined ? "NULL" : quotedString(value));
    const sql =
      shape === undefined
        ? `CAST(${missing} AS ${duckdbTypeOf(field.type)})`
        : readAs(field.type, `r.${quotedIdentifier(shape.name)}`, shape);
    return `${sql} AS ${quotedIdentifier(name)}`;
  });
  return `(SELECT ${[...selected, ...placesOf(places)].join(", ")} FROM ${readParquet(files, [], places)} r)`;
}

const placesOf = (places: boolean): readonly string[] =>
  places ? [`r.${filePathColumn}`, `r.file_row_number AS ${positionColumn}`] : [];

function readParquet(files: readonly FileOfRows[], entries: readonly string[], places: boolean): string {
  const list = files.map(({ path }) => quotedString(escapeGlob(path))).join(", ");
  const columns = entries.length === 0 ? "hive_partitioning = false" : `schema = MAP {${entries.join(", ")}}`;
  const options = [columns, ...cardinality(files)];
  if (places) options.push(`filename = '${filePathColumn}'`, "file_row_number = true");
  return `read_parquet([${list}], ${options.join(", ")})`;
}

/** Given a schema, DuckDB takes every file to have a thousand rows, and puts the larger side of a join into its hash table. */
function cardinality(files: readonly FileOfRows[]): readonly string[] {
  const total = files.reduce<bigint | undefined>(
    (sum, { rows }) => (sum === undefined || rows === undefined ? undefined : sum + rows),
    0n,
  );
  return total === undefined || total === 0n ? [] : [`explicit_cardinality = ${total}`];
}

function entry({ field, default: value }: FileColumn, name: string, type: string): string {
  const fallback = value === undefined ? "NULL" : quotedString(value);
  return `${field.id}: {name: ${quotedString(name)}, type: ${quotedString(type)}, default_value: ${fallback}}`;
}
