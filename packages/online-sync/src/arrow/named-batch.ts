import { type Data, Field, makeData, RecordBatch, Schema, Struct } from "apache-arrow";

export type NamedColumn = readonly [name: string, data: Data];

/** A batch of columns, each of `length` rows. */
export function namedBatch(columns: readonly NamedColumn[], length: number, nullable: boolean): RecordBatch {
  const fields = columns.map(([name, { type }]) => new Field(name, type, nullable));
  const children = columns.map(([, data]) => data);
  const struct = makeData({ type: new Struct(fields), length, nullCount: 0, children });
  return new RecordBatch(new Schema(fields), struct);
}
