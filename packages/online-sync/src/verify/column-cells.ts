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
  { values, offsets, bitOffset }: BatchColumn,
): (row: number) => SingleCell {
  const number = (index: number) => values[index] as number;
  const bytes = (start: number, end: number) => (values as Uint8Array).subarray(start, end);
  const variable = (row: number) => bytes(offsets[row] ?? 0, offsets[row + 1] ?? 0);
  const long = (row: number) => (BigInt(number(2 * row + 1)) << 32n) | BigInt(number(2 * row) >>> 0);
  switch (kind) {
    case "boolean":
      return (row) => ((number((bitOffset + row) >> 3) >> ((bitOffset + row) & 7)) & 1) === 1;
    case "int":
    case "float":
    case "double":
      return number;
    case "long":
    case "time":
      return long;
    case "date":
      return (row) => new Date(number(row) * 86_400_000);
    case "timestamp":
    case "timestamptz":
      return (row) => new Date(Math.floor(Number(long(row)) / 1000));
    case "string":
      return (row) => Buffer.from(variable(row)).toString();
    case "binary":
      return (row) => new Uint8Array(variable(row));
    case "uuid":
      return (row) => uuidText(bytes(16 * row, 16 * row + 16));
    case "decimal":
      return (row) => decimalText(new Uint32Array(bytes(16 * row, 16 * row + 16).slice().buffer), scale);
  }
}
