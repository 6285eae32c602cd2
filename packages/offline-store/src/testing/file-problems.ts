import {
  applyTransform,
  compareValues,
  type DataFile,
  type Datum,
  decodeValue,
  type IcebergType,
  isPrimitive,
  localPath,
  type NestedField,
  partitionPath,
  type Table,
} from "@icecore/iceberg-catalog";
import type { Session } from "@icecore/iceberg-catalog/duckdb";
import { columnValues } from "./column-values.ts";

/** What a data file's metadata says that its rows deny; an absent bound denies nothing. */
export async function fileProblems(session: Session, table: Table, file: DataFile): Promise<readonly string[]> {
  const problems: string[] = [];
  const expect = (isTrue: boolean, problem: string) => {
    if (!isTrue) problems.push(problem);
  };
  const path = localPath(file.filePath) ?? "";
  const columns = new Map<number, readonly (Datum | null)[]>();
  for (const field of table.schema.fields) {
    const values = await columnValues(session, path, field);
    columns.set(field.id, values);
    expect(file.recordCount === BigInt(values.length), `${values.length} rows, not ${file.recordCount}`);
    for (const problem of columnProblems(file, field, values)) problems.push(`${field.name}: ${problem}`);
  }
  for (const [index, partition] of table.spec.fields.entries()) {
    const source = table.schema.fields.find((field) => field.id === partition.sourceId);
    const type = primitive(source?.type);
    const wrong = columns
      .get(partition.sourceId)
      ?.find((value) => applyTransform(partition.transform, type, value) !== file.partition[index]);
    expect(wrong === undefined, `row ${String(wrong)} is not in partition ${String(file.partition[index])}`);
  }
  expect(file.filePath.includes(partitionPath(table.spec, table.schema, file.partition)), `path ${file.filePath}`);
  expect(isSorted(table, columns), "rows are not in the table's sort order");
  return problems;
}

function columnProblems(file: DataFile, field: NestedField, values: readonly (Datum | null)[]): readonly string[] {
  const present = values.filter((value) => value !== null);
  const numbers = present.filter((value) => !Number.isNaN(value));
  const bound = (bytes: Uint8Array | undefined) =>
    bytes === undefined ? undefined : decodeValue(primitive(field.type), bytes);
  const [lower, upper] = [bound(file.lowerBounds?.get(field.id)), bound(file.upperBounds?.get(field.id))];
  const [count, nulls] = [file.valueCounts?.get(field.id), file.nullValueCounts?.get(field.id)];
  const below = numbers.find((value) => lower !== undefined && compareValues(value, lower) < 0);
  const above = numbers.find((value) => upper !== undefined && compareValues(value, upper) > 0);
  return [
    ...(below === undefined ? [] : [`${String(below)} is below the lower bound ${String(lower)}`]),
    ...(above === undefined ? [] : [`${String(above)} is above the upper bound ${String(upper)}`]),
    ...(count === BigInt(values.length) ? [] : [`${values.length} values, not ${count}`]),
    ...(nulls === BigInt(values.length - present.length)
      ? []
      : [`${values.length - present.length} nulls, not ${nulls}`]),
    ...(file.nanValueCounts === undefined ? [] : ["has a NaN count, which DuckDB cannot know"]),
  ];
}

function isSorted(table: Table, columns: ReadonlyMap<number, readonly (Datum | null)[]>): boolean {
  const keys = table.sortOrder.fields.map((field) => columns.get(field.sourceId) ?? []);
  const length = keys[0]?.length ?? 0;
  const compareRows = (a: number, b: number): number => {
    for (const key of keys) {
      const difference = compareValues(key[a] ?? 0, key[b] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  };
  for (let row = 1; row < length; row++) if (compareRows(row - 1, row) > 0) return false;
  return true;
}

function primitive(type: IcebergType | undefined) {
  if (type === undefined || !isPrimitive(type)) throw new Error("only primitives");
  return type;
}
