import type { DuckDBVector } from "@duckdb/node-api";
import type { Data, Field } from "apache-arrow";

/** Gathers a column from DuckDB's vectors into Arrow buffers. */
export interface ColumnBuilder {
  readonly field: Field;
  /** Appends `count` values of `vector` behind the `offset` there are. */
  append(vector: DuckDBVector, count: number, offset: number): void;
  /** The column so far; the builder starts again. */
  finish(length: number): Data;
}
