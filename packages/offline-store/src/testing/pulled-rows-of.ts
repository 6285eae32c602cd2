import { DataType, type RecordBatch, type Vector } from "apache-arrow";

/** All rows of batches, as arrays of their columns' values; timestamps are microseconds since 1970. */
export async function pulledRowsOf(batches: AsyncIterable<RecordBatch>): Promise<readonly (readonly unknown[])[]> {
  const rows: unknown[][] = [];
  for await (const batch of batches) {
    const columns = batch.schema.names.map((name) => batch.getChild(String(name)));
    for (let row = 0; row < batch.numRows; row++) rows.push(columns.map((column) => cellOf(column, row)));
  }
  return rows;
}

function cellOf(column: Vector | null, row: number): unknown {
  if (column === null || !column.isValid(row)) return null;
  return DataType.isTimestamp(column.type) ? column.data[0]?.values[row] : column.get(row);
}
