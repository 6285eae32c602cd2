import type { FeatureCell } from "@icecore/online-sync";

/**
 * Feature values of a column as Feast's server prints `feast.types.Value`, as a JSON array: bare JSON values, not protobuf's
 * own mapping. So 64-bit integers are numbers of any length (Python reads them exactly), timestamps and dates are whole
 * seconds since 1970, bytes are base64. A float always has a fraction or an exponent, since Feast's clients infer the type
 * from it. All of them are {@link isPrintable}.
 */
export function feastValues(cells: readonly (FeatureCell | null)[], isFloat: boolean): string {
  if (cells.every(isNumber)) return isFloat ? floatsText(cells) : JSON.stringify(cells);
  if (cells.every(isPlain)) return JSON.stringify(cells);
  return `[${cells.map((cell) => valueText(cell, isFloat)).join(",")}]`;
}

const isNumber = (cell: FeatureCell | null): cell is number | null => cell === null || typeof cell === "number";

/** What is the same in JSON, whatever the type of its feature. */
const isPlain = (cell: FeatureCell | null): boolean =>
  cell === null || typeof cell === "string" || typeof cell === "boolean";

/** Whether JSON has a text for it: it has none for NaN and the infinities, nor for lists with one of them. */
export function isPrintable(cell: FeatureCell | null): boolean {
  if (typeof cell === "number") return Number.isFinite(cell);
  return !isList(cell) || cell.every(isPrintable);
}

/** Whole numbers in an array of numbers and nulls: all between its commas. From 1e21 on they have an exponent, and are not found. */
const wholeNumbers = /(?<=[[,])-?\d+(?=[,\]])/g;

/** All at once: V8 keeps the text of every single number for a while, and what is kept is dear to collect. */
function floatsText(cells: readonly (number | null)[]): string {
  const text = JSON.stringify(cells);
  return cells.some(Number.isInteger) ? text.replace(wholeNumbers, "$&.0") : text;
}

function valueText(cell: FeatureCell | null, isFloat: boolean): string {
  if (isList(cell)) return feastValues(cell, isFloat);
  if (cell instanceof Date) return String(Math.floor(cell.getTime() / 1000));
  if (cell instanceof Uint8Array) return bytesText(cell);
  if (typeof cell === "bigint") return String(cell);
  return typeof cell === "number" ? feastValues([cell], isFloat).slice(1, -1) : JSON.stringify(cell);
}

type ListCell = Extract<FeatureCell, readonly unknown[]>;

const isList = (cell: FeatureCell | null): cell is ListCell => Array.isArray(cell);

function bytesText(bytes: Uint8Array): string {
  return `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")}"`;
}
