import type { FeatureCell } from "@icecore/online-sync";

/**
 * Feature values of one type as Feast's server prints `feast.types.Value`, as a JSON array: bare JSON values, not protobuf's
 * own mapping. So 64-bit integers are numbers of any length (Python reads them exactly), timestamps and dates are whole
 * seconds since 1970, bytes are base64. A float always has a fraction or an exponent, since Feast's clients infer the type
 * from it. All of them are {@link isPrintable}.
 */
export function feastValues(cells: readonly (FeatureCell | null)[], isFloat: boolean): string {
  const some = cells.find((cell) => cell !== null);
  switch (typeof some) {
    case "number":
      return isFloat ? floatsText(cells) : JSON.stringify(cells);
    case "bigint":
    case "object":
      return `[${cells.map((cell) => (cell === null ? "null" : valueText(cell, isFloat))).join(",")}]`;
    default:
      return JSON.stringify(cells);
  }
}

/** Not of NaN and the infinities, which JSON has no number for, nor of lists with one of them. */
export function isPrintable(cell: FeatureCell | null): boolean {
  if (typeof cell === "number") return Number.isFinite(cell);
  return !isList(cell) || cell.every(isPrintable);
}

/** From 1e21 on, a number is printed with an exponent. */
const wholeNumbers = /(?<=[[,])-?\d+(?=[,\]])/g;

/** All at once: V8 keeps the text of every single number for a while, and what is kept is dear to collect. */
function floatsText(cells: readonly (FeatureCell | null)[]): string {
  const text = JSON.stringify(cells);
  return cells.some(Number.isInteger) ? text.replace(wholeNumbers, "$&.0") : text;
}

function valueText(cell: FeatureCell, isFloat: boolean): string {
  if (isList(cell)) return feastValues(cell, isFloat);
  if (cell instanceof Date) return String(Math.floor(cell.getTime() / 1000));
  return cell instanceof Uint8Array ? bytesText(cell) : String(cell);
}

type ListCell = Extract<FeatureCell, readonly unknown[]>;

const isList = (cell: FeatureCell | null): cell is ListCell => Array.isArray(cell);

function bytesText(bytes: Uint8Array): string {
  return `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")}"`;
}
