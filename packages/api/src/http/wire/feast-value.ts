import type { FeatureCell } from "@icecore/online-sync";

/**
 * A feature value as Feast's server prints `feast.types.Value`: the bare JSON value, not protobuf's own mapping. So
 * 64-bit integers are numbers of any length (Python reads them exactly), timestamps and dates are whole seconds since
 * 1970, bytes are base64. A float always has a fraction or an exponent, since Feast's clients infer the type from it.
 * Undefined for NaN and the infinities, which JSON has no number for, and for lists with one of them.
 */
export function feastValue(cell: FeatureCell, isFloat: boolean): string | undefined {
  switch (typeof cell) {
    case "boolean":
    case "bigint":
      return String(cell);
    case "string":
      return JSON.stringify(cell);
    case "number":
      return isFloat ? floatText(cell) : String(cell);
    case "object":
      if (cell instanceof Date) return String(Math.floor(cell.getTime() / 1000));
      return cell instanceof Uint8Array ? bytesText(cell) : listText(cell, isFloat);
  }
}

function floatText(value: number): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  // From 1e21 on, a number is printed with an exponent.
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value);
}

function listText(cells: readonly FeatureCell[], isFloat: boolean): string | undefined {
  const texts = cells.map((cell) => feastValue(cell, isFloat));
  return texts.includes(undefined) ? undefined : `[${texts.join(",")}]`;
}

function bytesText(bytes: Uint8Array): string {
  return `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")}"`;
}
