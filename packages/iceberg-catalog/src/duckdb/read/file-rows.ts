import type { NestedField } from "../../spec/types.ts";
import { escapeGlob, quotedIdentifier, quotedString } from "../quote.ts";
import { duckdbTypeOf } from "../types.ts";
import type { ReadableFile } from "./readable-file.ts";
import { readAs, typeInFile } from "./shape-sql.ts";

/** A column to read from files, and what to call it. */
export interface FileColumn {
  readonly field: NestedField;
  readonly name: string;
  /** The value of rows in files that are older than the column, as text DuckDB casts; null when absent. */
  readonly default?: string | undefined;
}

/**
 * An SQL relation over files that are read alike: the columns under their names, and, with `places`, `filename` and
 * `file_row_number`. Columns are found by field id (spec, "Column Projection").
 */
export function fileRows(
  files: readonly Pick<ReadableFile, "path" | "layout">[],
  columns: readonly FileColumn[],
  places: boolean,
): string {
  const paths = files.map(({ path }) => path);
  const options = places ? ", filename = true, file_row_number = true" : "";
  const layout = files[0]?.layout;
  switch (layout?.kind) {
    case undefined:
    case "by-id":
      return readParquet(paths, columns.map(columnEntry), options);
    case "inside-by-name": {
      const { shapes } = layout;
      const entries = columns.map((column) => {
        const shape = shapes.get(column.field.id);
        return shape === undefined ? columnEntry(column) : entry(column, typeInFile(column.field.type, shape));
      });
      const selected = columns.map(({ field, name }) => {
        const shape = shapes.get(field.id);
        const column = `r.${quotedIdentifier(name)}`;
        return shape === undefined ? column : `${readAs(field.type, column, shape)} AS ${quotedIdentifier(name)}`;
      });
      return `(SELECT ${[...selected, ...placesOf(places)].join(", ")} FROM ${readParquet(paths, entries, options)} r)`;
    }
    case "by-name": {
      const selected = columns.map(({ field, name, default: value }) => {
        const shape = layout.shapes.get(field.id);
        const missing = layout.constants.get(field.id) ?? (value === undefined ? "NULL" : quotedString(value));
        const sql =
          shape === undefined
            ? `CAST(${missing} AS ${duckdbTypeOf(field.type)})`
            : readAs(field.type, `r.${quotedIdentifier(shape.name)}`, shape);
        return `${sql} AS ${quotedIdentifier(name)}`;
      });
      const rows = readParquet(paths, [], `, hive_partitioning = false${options}`);
      return `(SELECT ${[...selected, ...placesOf(places)].join(", ")} FROM ${rows} r)`;
    }
  }
}

const placesOf = (places: boolean): readonly string[] => (places ? ["r.filename", "r.file_row_number"] : []);

function readParquet(paths: readonly string[], entries: readonly string[], options: string): string {
  const list = paths.map((path) => quotedString(escapeGlob(path))).join(", ");
  const schema = entries.length === 0 ? "" : `, schema = MAP {${entries.join(", ")}}`;
  return `read_parquet([${list}]${schema}${options})`;
}

const columnEntry = (column: FileColumn): string => entry(column, duckdbTypeOf(column.field.type));

function entry({ field, name, default: value }: FileColumn, type: string): string {
  const fallback = value === undefined ? "NULL" : quotedString(value);
  return `${field.id}: {name: ${quotedString(name)}, type: ${quotedString(type)}, default_value: ${fallback}}`;
}
