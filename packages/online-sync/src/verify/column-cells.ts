import type { BatchColumn } from "../arrow/batch-column.ts";
import { decimalText } from "../arrow/decimal-text.ts";
import { uuidText } from "../arrow/uuid-text.ts";
import type { Cells } from "../codec/entity-key.ts";
import type { FeatureCell, SingleCell } from "../codec/feature-cell.ts";
import type { ValueType } from "../codec/value-type.ts";

/** The values of a column by row, in the form in which stores give them back. */
export function columnCells(type: ValueType, column: BatchColumn): Cells<FeatureCell> {
  const cell = type.isList ? presentList(type, column) : presentCell(type, column);
  return (row) => (column.valid(row) ? cell(row) : null);
}

function presentList(type: ValueType, { offsets, elements }: BatchColumn): (row: number) => FeatureCell {
  const cell = presentCell(type, elements as BatchColumn);
  return (row) => {
    const [start, end] = [offsets[row] ?? 0, offsets[row + 1] ?? 0];
    return Array.from({ length: end - start }, (_, i) => cell(start + i));
  };
}

function presentCell(
  { kind, scale }: ValueType,
  { words, bytes, offsets, bitOffset }: BatchColumn,
): (row: number) => SingleCell {
  const word = (index: number) => words[index] as number;
  const variable = (row: number) => bytes.subarray(offsets[row] ?? 0, offsets[row + 1] ?? 0);
  const long = (row: number) => (BigInt(word(2 * row + 1)) << 32n) | BigInt(word(2 * row) >>> 0);
  switch (kind) {
    case "boolean":
      return (row) => (((bytes[(bitOffset + row) >> 3] ?? 0) >> ((bitOffset + row) & 7)) & 1) === 1;
    case "int":
      return word;
    case "float": {
      const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
      return (row) => floats[row] as number;
    }
    case "double": {
      const doubles = new Float64Array(words.buffer, words.byteOffset, words.length / 2);
      return (row) => doubles[row] as number;
    }
    case "long":
    case "time":
      return long;
    case "date":
      return (row) => new Date(word(row) * 86_400_000);
    case "timestamp":
    case "timestamptz":
      return (row) => new Date(Math.floor(Number(long(row)) / 1000));
    case "string":
      return (row) => Buffer.from(variable(row)).toString();
    case "binary":
      return (row) => new Uint8Array(variable(row));
    case "uuid":
      return (row) => uuidText(bytes.subarray(16 * row, 16 * row + 16));
    case "decimal":
      return (row) => decimalText(new Uint32Array(bytes.slice(16 * row, 16 * row + 16).buffer), scale);
  }
}
