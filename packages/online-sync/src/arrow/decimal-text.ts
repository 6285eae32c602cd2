import { OnlineStoreError } from "../errors.ts";

/** The decimal in `words` (two's complement, least significant word first) as plain digits, all of its scale shown. */
export function decimalText(words: Uint32Array, scale: number): string {
  let unsigned = 0n;
  for (let i = words.length - 1; i >= 0; i--) unsigned = (unsigned << 32n) | BigInt(words[i] ?? 0);
  const unscaled = BigInt.asIntN(words.length * 32, unsigned);
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale === 0 ? "" : `.${digits.slice(-scale)}`;
  return `${unscaled < 0n ? "-" : ""}${whole}${fraction}`;
}

/**
 * The unscaled value of a decimal in digits, as sixteen bytes (two's complement, least significant first).
 * @throws OnlineStoreError `BATCH_INVALID` when it is no decimal, or has more digits behind the point than `scale`
 */
export function parseDecimal(text: string, scale: number): Uint8Array {
  const [, sign = "", whole = "", fraction = ""] = /^([+-]?)(\d+)(?:\.(\d*))?$/.exec(text) ?? [];
  const digits = fraction.replace(/0+$/, "");
  if (whole === "" || digits.length > scale) {
    throw new OnlineStoreError("BATCH_INVALID", `"${text.slice(0, 50)}" is no decimal of scale ${scale}`);
  }
  const unscaled = BigInt(`${whole}${digits.padEnd(scale, "0")}`);
  const signed = sign === "-" ? -unscaled : unscaled;
  const words = BigUint64Array.of(BigInt.asUintN(64, signed), BigInt.asUintN(64, signed >> 64n));
  return new Uint8Array(words.buffer);
}
