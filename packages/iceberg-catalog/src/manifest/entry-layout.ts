import { refuse } from "../avro/avro-readers.ts";
import type { AvroType } from "../avro/avro-type.ts";
import type { AvroBlock } from "../avro/container.ts";
import { type Skipper, skipperOf, truncated } from "../avro/skip.ts";
import { IcebergError } from "../errors.ts";

/** The columns of a manifest's rows as its writer laid them out; the fields of `data_file` are columns of their own. */
export interface EntryLayout {
  readonly columns: readonly EntryColumn[];
  /** Finds where each value begins: `columns.length` positions per row, row by row, and the end. @throws IcebergError `DATA_INVALID` */
  index(block: Pick<AvroBlock, "count" | "bytes">): Uint32Array;
}

interface EntryColumn {
  readonly fieldId: number | undefined;
  readonly type: AvroType;
}

const dataFileId = 2;
const layouts = new WeakMap<AvroType, EntryLayout>();

/** The layout of a writer's schema; made once for each. @throws IcebergError `DATA_INVALID` when it is not a manifest's */
export function entryLayout(written: AvroType): EntryLayout {
  const known = layouts.get(written) ?? compile(written);
  layouts.set(written, known);
  return known;
}

function compile(written: AvroType): EntryLayout {
  const columns = columnsOf(written);
  const skippers = columns.map(({ type }) => skipperOf(type));
  return { columns, index: (block) => indexBlock(block, skippers) };
}

function columnsOf(written: AvroType): readonly EntryColumn[] {
  if (written.kind !== "record") return refuse("a record", written);
  return written.fields.flatMap(({ fieldId, type }) =>
    fieldId === dataFileId ? columnsOf(type) : [{ fieldId, type }],
  );
}

function indexBlock({ count, bytes }: Pick<AvroBlock, "count" | "bytes">, skippers: readonly Skipper[]): Uint32Array {
  const columns = skippers.length;
  const positions = new Uint32Array(count * columns + 1);
  let next = 0;
  let position = 0;
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < columns; column++) {
      positions[next++] = position;
      position = (skippers[column] as Skipper)(bytes, position);
    }
    if (position > bytes.length) throw truncated(position, bytes.length);
  }
  if (position < bytes.length) {
    throw new IcebergError("DATA_INVALID", "invalid Avro file: a block has bytes after its last record");
  }
  positions[next] = position;
  return positions;
}
